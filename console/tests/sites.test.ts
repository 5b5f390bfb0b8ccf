// What waits to be settled of remote sites: in which order, and what had been asked there.
import { describe, expect, it } from 'vitest';
import { asked, byAge, type ConflictRow } from '../src/model/sites';

const row = (id: string, done_at: number): ConflictRow => ({ row: 'conflict', id, site: 'north', person: 'a@north', door: '/api/calls', done_at, raised_at: 9, code: 'x', says: { en: 'x', zh: 'x' }, incident: '', unit: '' });

describe('what a site did', () => {
  it('stands the oldest first', () => {
    expect(byAge([row('b', 2), row('c', 1), row('a', 2)]).map((one) => one.id)).toEqual(['c', 'a', 'b']);
  });
  it('is told field by field, without what says nothing to people', () => {
    expect(asked('{"key":"k","unit":"E7","place":{"lon":1},"notes":"","eta_s":0}')).toEqual([['unit', 'E7'], ['place', '{"lon":1}']]);
    expect(asked('no json')).toEqual([['', 'no json']]);
    expect(asked(null)).toEqual([]);
  });
});
