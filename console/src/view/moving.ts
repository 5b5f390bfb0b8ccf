// Taking, declining and ending a move: each is one order at one door, and says what it did.
import { desk } from '../house/desk.svelte';
import { ask } from '../house/doors';
import type { UnitRow } from '../model/contract';
import { shown, type Move, type Moves } from '../model/moves';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

export const MOVES_DOOR = '/api/cover/moves';
export const TABLE_DOOR = '/api/cover/standby';
export const ORDER_DOOR = '/api/units/{unit}/standby';

/** Sends a unit to where it is worth more, or home, where that is what was suggested. */
export function takeMove(floor: Floor, move: Move, of: Moves): Promise<boolean> {
  const { unit, shift, post } = move;
  if (move.home) return floor.act(() => ask(`/api/units/${unit}/standby/end`, { unit, shift, reason: '' }), m.move_done_home({ unit }));
  return floor.act(() => ask(`/api/units/${unit}/standby`, { ...shown(move, of), place: move.place }), m.move_done({ unit, post }));
}

export function declineMove(floor: Floor, move: Move, of: Moves, reason: string): Promise<boolean> {
  return floor.act(() => ask(`/api/units/${move.unit}/standby/decline`, { ...shown(move, of), reason }), m.move_done_declined({ unit: move.unit, post: move.post }));
}

export function sendHome(floor: Floor, row: UnitRow): Promise<boolean> {
  return floor.act(() => ask(`/api/units/${row.id}/standby/end`, { unit: row.id, shift: row.shift }), m.move_done_home({ unit: row.id }));
}

export const mayMove = (): boolean => desk.may(ORDER_DOOR);
