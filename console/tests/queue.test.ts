// The lists' order, and what waits at their edge while a hand is on them.
import { expect, test } from 'vitest';
import type { IncidentRow, UnitRow } from '../src/model/contract';
import { byCallsign, pressing, settle } from '../src/model/queue';

test('the hand holds the order: new rows wait, gone ones stay marked', () => {
  expect(settle(['a', 'b'], ['c', 'a'], true)).toEqual({ order: ['a', 'b'], entering: ['c'], leaving: new Set(['b']) });
  expect(settle(['a', 'b'], ['c', 'a'], false)).toEqual({ order: ['c', 'a'], entering: [], leaving: new Set() });
});
test('an empty list has nothing to hold still', () => expect(settle([], ['c'], true).order).toEqual(['c']));

test('the most pressing first, then the oldest', () => {
  const row = (id: string, priority: number, called_at: number) => ({ id, priority, called_at }) as IncidentRow;
  const rows = [row('c', 2, 1), row('b', 1, 9), row('a', 1, 3), row('d', 2, 1)];
  expect(rows.sort(pressing).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});
test('callsigns in their own order', () => {
  const units = ['E10', 'E2', 'A7', 'M1'].map((id) => ({ id }) as UnitRow);
  expect(units.sort(byCallsign).map(({ id }) => id)).toEqual(['A7', 'E2', 'E10', 'M1']);
});
