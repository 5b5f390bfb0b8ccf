// Crews' calls for help as the console knows them: which one a key answers first, and what each still asks for.
import type { Instant, NamedPoint, Place, Row } from './contract';

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

export interface Spot { lon: number; lat: number }
const AGAIN_M = 30;
const M_PER_DEGREE = 111_320;
/** Whether somebody has gone so far that another address may be the nearest. */
export function moved(from: Spot | undefined, to: Spot): boolean {
  if (!from) return true;
  return M_PER_DEGREE * Math.hypot((to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180), to.lat - from.lat) > AGAIN_M;
}

/** The nearest address as it is said on the radio: street and number, or where two streets meet; empty where nothing is near. */
export function nearby(near: NamedPoint, tongue: 'en' | 'zh', crossing: (street: string, cross: string) => string): string {
  if (!near.nearest) return '';
  const said = (tongue === 'zh' && near.nearest.label_zh) || near.nearest.label;
  return near.nearest.what === 'street' && near.cross_street ? crossing(said, near.cross_street) : said;
}
