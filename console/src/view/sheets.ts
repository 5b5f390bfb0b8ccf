// The sheets that can be opened over the map, one line each: key, words, how much waits in it, and the component.
import type { Component } from 'svelte';
import type { MajorRow, TaskRow } from '../model/command';
import { overdue } from '../model/command';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';
import Majors from './Majors.svelte';

export interface SheetProps { floor: Floor; close: () => void }
export interface Sheet {
  code: string;
  /** The key that opens and closes it, anywhere on the page but in a field. */
  key: string;
  title: () => string;
  /** How much in it waits for somebody; 0 shows no count. `urgent` marks the count as one to act on. */
  waits: (floor: Floor) => number;
  urgent: (floor: Floor) => boolean;
  /** A door without which the sheet is not shown to this person; empty: shown to everybody. */
  door: string;
  /** Whether it covers the whole middle; a narrow one stands at its left edge and leaves the map in sight. */
  wide: boolean;
  /** Whether it covers the right panel as well, which then takes no keys. */
  whole?: boolean;
  view: Component<SheetProps>;
}

/** What of the commands asks for somebody: objectives whose time is over, tasks that a partner gave back. */
const unmet = (floor: Floor): number => floor.live.rows<MajorRow>('major').flatMap((row) => row.board.objectives).filter((one) => overdue(one, floor.live.now)).length
  + floor.live.rows<TaskRow>('task').filter((row) => row.now.state === 'declined' && !row.loose).length;

export const SHEETS: readonly Sheet[] = [
  { code: 'majors', key: 'b', title: m.major_title, waits: (floor) => floor.live.rows('major').length, urgent: (floor) => unmet(floor) > 0, door: '/api/majors/{major}', wide: true, whole: true, view: Majors },
];
