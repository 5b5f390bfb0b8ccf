// Times as they are typed, and what differs between two pictures.
import { describe, expect, it } from 'vitest';
import type { Row } from '../src/model/contract';
import { moment } from '../src/model/age';
import { differences, instantOf } from '../src/model/past';

const HELSINKI = 'Europe/Helsinki';
const near = Date.UTC(2026, 10, 25, 9, 30, 0) * 1000; // 11:30 in Helsinki

describe('a typed time', () => {
  it.each([
    ['21:04:09', '2026-11-25 21:04:09'], ['9:05', '2026-11-25 09:05:00'], ['210409', '2026-11-25 21:04:09'], ['２１：０４：０９', '2026-11-25 21:04:09'],
    ['2026-11-23 08:00', '2026-11-23 08:00:00'], ['2026-7-1 00:00:01', '2026-07-01 00:00:01'], [' 00:00 ', '2026-11-25 00:00:00'],
  ])('%s is read in the zone of the city', (typed, written) => {
    const at = instantOf(typed, near, HELSINKI);
    expect(at === null ? '' : moment(at, HELSINKI)).toBe(written);
  });
  it.each(['', 'noon', '25:00', '12:61', '12', '2026-13-45 10:00'])('%s is no time', (typed) => {
    expect(instantOf(typed, near, HELSINKI)).toBeNull();
  });
  it('is found on both sides of a change of clocks', () => {
    for (const written of ['2026-03-29 02:59:59', '2026-03-29 04:00:00', '2026-10-25 05:00:00', '2026-10-24 23:00:00']) {
      const at = instantOf(written, near, HELSINKI);
      expect(at === null ? '' : moment(at, HELSINKI)).toBe(written);
    }
  });
});

describe('differences', () => {
  const row = (kind: string, id: string, more: object = {}): Row => ({ row: kind, id, ...more });
  it('names what came, left and changed, incidents first and no position', () => {
    const before = [row('unit', 'E1', { state: 'available' }), row('incident', '7', { units: [] }), row('unit', 'E2'), row('position', 'E1', { lon: 1 })];
    const after = [row('major', 't'), row('timer', 'u'), row('unit', 'E1', { state: 'assigned' }), row('incident', '8'), row('incident', '7', { units: ['E1'] }), row('position', 'E1', { lon: 2 })];
    expect(differences(before, after).map(({ table, id, how, fields }) => [table, id, how, fields.join()])).toEqual([
      ['incident', '7', 'changed', 'units'], ['incident', '8', 'came', ''], ['unit', 'E1', 'changed', 'state'], ['unit', 'E2', 'left', ''], ['major', 't', 'came', ''],
    ]);
  });
  it('finds nothing between a picture and itself', () => {
    const rows = [row('incident', '7', { units: ['E1'], place: { lon: 1, lat: 2 } })];
    expect(differences(rows, structuredClone(rows))).toEqual([]);
  });
});
