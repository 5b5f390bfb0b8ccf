// The page of the system itself: the worst first, short times and sizes, and a line that leaves out what is not known.
import { expect, test } from 'vitest';
import { pieces, size, took, worstFirst, type DutyPart } from '../src/model/duty';

const part = (name: string, state: DutyPart['state']): DutyPart => ({ name, state, says: null, works: null, since: 0 });

test('what asks for somebody stands first, and the rest keeps its order', () => {
  const parts = [part('ledger', 'ok'), part('disk', 'low'), part('clock', 'ok'), part('database', 'failed'), part('lanes', 'low')];
  expect(worstFirst(parts).map((one) => one.name)).toEqual(['database', 'disk', 'lanes', 'ledger', 'clock']);
});

test('times and sizes are short and keep their unit', () => {
  expect([0.00042, 0.0099, 0.31, 2.44].map(took)).toEqual(['0.4 ms', '9.9 ms', '310 ms', '2.4 s']);
  expect([0, 999, 1_500, 123_456_789, 2.5e12].map(size)).toEqual(['0 B', '999 B', '1.5 kB', '123 MB', '2.5 TB']);
});

test('a line ends at the right, and is broken where nothing is known', () => {
  expect(pieces([0, 10], 3, 100, 20)).toEqual(['50.0,19.0 100.0,1.0']);
  expect(pieces([5, null, 5, 5], 4, 90, 20)).toEqual(['0.0,1.0 0.0,1.0', '60.0,1.0 90.0,1.0']);
  expect(pieces([null, null], 4, 90, 20)).toEqual([]);
});
