// Spot checks and posts as their page knows them: what was heard of each unit, never of a person, and which units are asked.
import type { Instant, Place, Row, UnitRow } from './contract';

export type Heard = 'open' | 'answered' | 'late' | 'missing' | 'off_duty';
export interface CheckedUnit { unit: string; shift: string; heard: Heard; took_s: number; place: Place | null }
export interface CheckRow extends Row { row: 'check'; by: string; words: string; within_s: number; called_at: Instant; due_at: Instant; units: CheckedUnit[] }
/** Where a unit on duty last said that it stands. */
export interface PostRow extends Row { row: 'post'; shift: string; post: string; note: string; place: Place | null; at: Instant }
export interface PostLine { post: string; told: string[]; visits: { unit: string; shift: string; note: string; at: Instant }[] }
export interface PostsView { at: Instant; posts: PostLine[] }

/** In the order in which somebody looks at them: what asks for a word first. */
export const HEARD: readonly Heard[] = ['missing', 'late', 'open', 'answered', 'off_duty'];
/** How many units one order may ask; more are asked by several. */
export const MOST_UNITS = 60;

/** How many units stand how. */
export function counted(row: CheckRow): Record<Heard, number> {
  const counts: Record<Heard, number> = { missing: 0, late: 0, open: 0, answered: 0, off_duty: 0 };
  for (const one of row.units) counts[one.heard] += 1;
  return counts;
}

/** Units by what was heard of them, then by name, so that a row keeps its place while nothing is heard. */
export const inOrder = (row: CheckRow): CheckedUnit[] =>
  [...row.units].sort((a, b) => HEARD.indexOf(a.heard) - HEARD.indexOf(b.heard) || a.unit.localeCompare(b.unit, 'en', { numeric: true }));

/** Who is asked: one unit, those of a station, or all on duty. */
export type Asked = { of: 'one' | 'station'; name: string } | { of: 'all' };
export function asked(units: readonly UnitRow[], who: Asked): string[] {
  const fits = (unit: UnitRow): boolean => who.of === 'all' || (who.of === 'one' ? unit.id === who.name : unit.station === who.name);
  return units.filter((unit) => unit.state !== 'lent' && fits(unit)).map((unit) => unit.id);
}

/** The posts of the table and those that were reported or ordered, each once: the table's first, as it has them. */
export function posted(table: readonly { name: string }[], view: PostsView): PostLine[] {
  const known = new Map(view.posts.map((one) => [one.post, one]));
  const first = table.map(({ name }) => known.get(name) ?? { post: name, told: [], visits: [] });
  const named = new Set(table.map(({ name }) => name));
  return [...first, ...view.posts.filter((one) => !named.has(one.post))];
}
