// Access as the console knows it: broken glass, findings, what one's roles show for which purpose; and the mark of what is withheld.
import type { Instant, Row, Words } from './contract';

/** What stands in a view where the policy withholds a text; the same sign as the server's. */
export const WITHHELD = '▮▮▮';

export interface GlassRow extends Row {
  row: 'glass'; by: string; since: Instant; until: Instant; about: string; ended: boolean; shown: number;
  verdict: 'justified' | 'not_justified' | null; reviewed_by: string;
}
export interface Shown { record: string; door: string; fields: string[]; at: Instant; position: number }
export interface GlassView { row: GlassRow | null; reason: string | null; note: string | null; shown: Shown[] }
export interface Rule { rule: string; says: Words }
export interface Right { purpose: string; says: Words; fields: string[]; rules: Rule[] }
export interface Rights { rights: Right[] }

/** Whether a glass lasts now. */
export const lasts = (row: GlassRow, now: Instant): boolean => !row.ended && now < row.until;

/** The glass that this person has broken and that lasts. */
export function own(rows: readonly GlassRow[], name: string, now: Instant): GlassRow | undefined {
  return rows.findLast((row) => row.by === name && lasts(row, now));
}

/** Those over which nobody has looked yet, the oldest first; those that last stand before them. */
export function listed(rows: readonly GlassRow[], now: Instant): GlassRow[] {
  const rank = (row: GlassRow): number => (lasts(row, now) ? 0 : row.verdict === null ? 1 : 2);
  return [...rows].sort((a, b) => rank(a) - rank(b) || (rank(a) === 2 ? b.since - a.since : a.since - b.since));
}

/** Whether anything of a view is withheld. */
export const withheld = (view: unknown): boolean => JSON.stringify(view ?? null).includes(WITHHELD);
