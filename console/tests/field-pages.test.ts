// What the pages of the field say before they are drawn: doubt of a position, who is asked by a spot check, what is typed into a device.
import { expect, test } from 'vitest';
import { asked, counted, inOrder, posted, type CheckRow } from '../src/model/checks';
import type { PositionRow, UnitRow } from '../src/model/contract';
import { doubtOf } from '../src/model/doubt';
import { refusals, typed } from '../src/model/trackers';

const MIN = 60e6;
const at = (device_at: number, more: Partial<PositionRow> = {}): PositionRow =>
  ({ row: 'position', id: 'E7', lon: 0, lat: 0, device_at, heard_at: device_at, accuracy_m: 9, speed_mps: null, heading_deg: null, doubt: '', ...more });

test('a position is rough, jumped, old or missing, and a jump says more than its age', () => {
  expect(doubtOf(undefined, 9 * MIN)).toEqual({ kind: 'none' });
  expect(doubtOf(at(9 * MIN), 10 * MIN)).toBeNull();
  expect(doubtOf(at(9 * MIN, { doubt: 'accuracy', accuracy_m: 180.4 }), 10 * MIN)).toEqual({ kind: 'rough', metres: 180 });
  expect(doubtOf(at(2 * MIN, { doubt: 'accuracy', accuracy_m: 180 }), 10 * MIN)).toEqual({ kind: 'late', since: 2 * MIN });
  expect(doubtOf(at(2 * MIN, { doubt: 'jump' }), 10 * MIN)).toEqual({ kind: 'jump', since: 2 * MIN });
});

const units = [{ id: 'E7', station: 'North', state: 'available' }, { id: 'M2', station: 'North', state: 'lent' }, { id: 'P3', station: 'South', state: 'en_route' }] as unknown as UnitRow[];
test('one, a station or all are asked, and none that is another city’s to send', () => {
  expect(asked(units, { of: 'one', name: 'E7' })).toEqual(['E7']);
  expect(asked(units, { of: 'station', name: 'North' })).toEqual(['E7']);
  expect(asked(units, { of: 'all' })).toEqual(['E7', 'P3']);
  expect(asked(units, { of: 'one', name: 'X1' })).toEqual([]);
});

test('what asks for a word stands first, and every unit is counted once', () => {
  const one = (unit: string, heard: CheckRow['units'][number]['heard']) => ({ unit, shift: 'D', heard, took_s: 1, place: null });
  const row = { units: [one('E10', 'answered'), one('E9', 'answered'), one('A1', 'open'), one('M2', 'missing'), one('P3', 'late')] } as unknown as CheckRow;
  expect(inOrder(row).map(({ unit }) => unit)).toEqual(['M2', 'P3', 'A1', 'E9', 'E10']);
  expect(counted(row)).toEqual({ missing: 1, late: 1, open: 1, answered: 2, off_duty: 0 });
});

test('the table’s posts stand first, also those where nobody was', () => {
  const view = { at: 0, posts: [{ post: 'Bridge', told: [], visits: [] }, { post: 'East', told: ['E7'], visits: [] }] };
  expect(posted([{ name: 'East' }, { name: 'West' }], view).map(({ post, told }) => [post, told.length])).toEqual([['East', 1], ['West', 0], ['Bridge', 0]]);
});

test('each device has its own fields, and what is not heard is said', () => {
  const of = { number: 'ab12', key: 'secret' };
  expect(typed('traccar', of, 'https://h', 'h', {})).toEqual({ address: 'https://h/trackers/osmand', identifier: 'secret' });
  expect(typed('owntracks', of, 'https://h', 'h', {})).toEqual({ address: 'https://h/trackers/owntracks', user: 'ab12', password: 'secret' });
  expect(typed('mqtt', of, 'https://h', 'h', { 'owntracks-mqtt': 'broker.example:8883' })).toMatchObject({ host: 'broker.example', port: '8883', topic: 'owntracks/ab12/', off: false });
  expect(typed('mqtt', of, 'https://h', 'h', {})).toMatchObject({ host: '', off: true });
  expect(typed('nmea', of, 'https://h', 'h', { nmea: '5018' })).toMatchObject({ host: 'h', port: '5018', line: 'secret', off: false });
  expect(typed('tak', of, 'https://h', 'h', { cot: '8087', 'cot-tls': '8089' })).toMatchObject({ port: '8089', tls: true });
  expect(typed('tak', of, 'https://h', 'h', { cot: '8087' })).toMatchObject({ port: '8087', tls: false });
  expect(refusals([{ code: 'a', says: { en: '', zh: '' }, count: 2 }, { code: 'b', says: { en: '', zh: '' }, count: 3 }])).toBe(5);
});
