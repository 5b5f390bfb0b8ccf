// Crews' calls for help as the console knows them: which one a key answers first, and what each still asks for.
import type { Instant, Place, Row } from './contract';

export interface HelpRow extends Row {
  row: 'help'; shift: string; person: string; place: Place | null;
  /** When the key was pressed, when the floor could first know, and when it is raised further if nobody confirms. */
  since: Instant; heard_at: Instant; due_at: Instant;
  confirmed_by: string; confirmed_at: Instant; raised_to: string;
}
export type Outcome = 'safe' | 'mistake' | 'handled';

/** Those that nobody has confirmed stand first, the longest first; then those in hand. */
export function ordered(rows: readonly HelpRow[]): HelpRow[] {
  return [...rows].sort((a, b) => Number(a.confirmed_by !== '') - Number(b.confirmed_by !== '') || a.heard_at - b.heard_at || a.id.localeCompare(b.id));
}
