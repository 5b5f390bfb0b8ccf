// Asking for a spot check: one order for as many units as one may ask, several for more.
import { ask } from '../house/doors';
import { MOST_UNITS } from '../model/checks';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

export const CHECKS_DOOR = '/api/checks';
export const POSTS_DOOR = '/api/posts';
export const USUAL_S = 120;

/** Asks these units; true where all of it was taken. */
export async function askCheck(floor: Floor, units: readonly string[], within_s: number, words: string): Promise<boolean> {
  for (let at = 0; at < units.length; at += MOST_UNITS) {
    const some = units.slice(at, at + MOST_UNITS);
    if (!(await floor.act(() => ask(CHECKS_DOOR, { units: some, within_s, words }), ''))) return false;
  }
  floor.say(units.length === 1 ? m.check_done_one({ unit: units[0] ?? '' }) : m.check_done({ count: units.length }));
  return true;
}
