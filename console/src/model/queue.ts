// The order of the lists, and what waits at their edge: nothing moves under the hand that is on a list.
import type { IncidentRow, UnitRow } from './contract';

/** The most pressing first, then the oldest; the number decides between equals, so that the order is always the same. */
export const pressing = (a: IncidentRow, b: IncidentRow): number =>
  a.priority - b.priority || a.called_at - b.called_at || (a.id < b.id ? -1 : 1);

const digits = (id: string): number => Number(id.replace(/\D+/g, '')) || 0;
/** E2 before E10: letters first, then the number as a number. */
export const byCallsign = (a: Pick<UnitRow, 'id'>, b: Pick<UnitRow, 'id'>): number => {
  const [lettersA, lettersB] = [a.id.replace(/\d.*$/, ''), b.id.replace(/\d.*$/, '')];
  return lettersA < lettersB ? -1 : lettersA > lettersB ? 1 : digits(a.id) - digits(b.id) || (a.id < b.id ? -1 : 1);
};

/** `order`: what the list shows; `entering`: ids that wait at the edge; `leaving`: shown still, though they are gone. */
export interface Settled { order: string[]; entering: string[]; leaving: Set<string> }

/**
 * What a list shows next. While somebody's hand is on it (`held`) the order stands still: new rows wait, gone ones stay in
 * their place, marked. Otherwise the list takes the sorted order at once. An empty list has no hand on it worth keeping still.
 */
export function settle(shown: readonly string[], sorted: readonly string[], held: boolean): Settled {
  if (!held || shown.length === 0) return { order: [...sorted], entering: [], leaving: new Set() };
  const present = new Set(sorted);
  const standing = new Set(shown);
  return {
    order: [...shown],
    entering: sorted.filter((id) => !standing.has(id)),
    leaving: new Set(shown.filter((id) => !present.has(id))),
  };
}
