// Hazards in words: their kinds, how they are known, and spans of time.
import type { ChecklistRow } from '../model/checklists';
import type { HazardRow } from '../model/hazards';
import { desk } from '../house/desk.svelte';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

/** What of an incident's hazards and ticks its story tells: when this changes the story is another. */
export const warned = (floor: Floor, incident: string): string =>
  `${floor.live.rows<HazardRow>('hazard').filter((row) => row.incident === incident).map((row) => `${row.id} ${row.until}`).join()} ${floor.live.rows<ChecklistRow>('checklist').find((row) => row.id === incident)?.ticks.map((one) => `${one.unit} ${one.item}`).join() ?? ''}`;

const headed = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const kindName = (code: string): string => {
  const says = desk.hazards?.kinds.find((one) => one.code === code)?.says;
  return says ? headed(desk.in(says)) : code;
};
export const sourceName = (code: string): string => {
  const says = desk.hazards?.sources[code];
  return says ? desk.in(says) : code;
};
/** So many seconds in the largest unit that says it whole. */
export const span = (seconds: number): string =>
  seconds % 86_400 === 0 && seconds > 86_400 ? m.hazard_days({ count: seconds / 86_400 })
    : seconds % 3_600 === 0 ? m.hazard_hours({ count: seconds / 3_600 }) : m.hazard_minutes({ count: Math.round(seconds / 60) });
