// Frames fold into rows: whole ones replace, older ones change nothing, gone rows go.
import { expect, test } from 'vitest';
import type { ClosureRow, Frame, Row } from '../src/model/contract';
import { fold, notNewer, nothingHeld, table, type Held } from '../src/model/frame';

const closure = (id: string, text = ''): ClosureRow => ({ row: 'closure', id, text, segments: [], shape: [], since: 0 });
const closures = (held: Held) => table<ClosureRow>(held, 'closure');
const frame = (id: string, rows: Row[], rest: Partial<Frame> = {}): Frame => ({ id, at: 0, speed: 1, whole: false, rows, gone: [], ...rest });

test('rows come, change and go', () => {
  const held = nothingHeld();
  expect(fold(held, frame('1.1', [closure('a'), closure('b')], { whole: true }))).toEqual(new Set(['closure']));
  expect(fold(held, frame('2.1', [closure('a', 'shut')]))).toEqual(new Set(['closure']));
  expect(closures(held).get('a')?.text).toBe('shut');
  expect(fold(held, frame('3.1', [], { gone: [['closure', 'b'], ['closure', 'never']] }))).toEqual(new Set(['closure']));
  expect([...closures(held).keys()]).toEqual(['a']);
});

test('an older or repeated frame changes nothing, a whole one always replaces', () => {
  const held = nothingHeld();
  fold(held, frame('5.9', [closure('a', 'new')], { whole: true }));
  expect(fold(held, frame('5.9', [closure('a', 'old')]))).toBeNull();
  expect(fold(held, frame('4.9', [closure('a', 'old')]))).toBeNull();
  expect(closures(held).get('a')?.text).toBe('new');
  fold(held, frame('1.1', [closure('z')], { whole: true }));
  expect([...closures(held).keys()]).toEqual(['z']);
  expect(held.id).toBe('1.1');
});

test('a row of a table that this page does not know is held and harms nothing', () => {
  const held = nothingHeld();
  const strange: Row = { row: 'drone', id: 'x' };
  expect(fold(held, frame('1.1', [strange, closure('a')], { whole: true }))).not.toBeNull();
  expect(closures(held).size).toBe(1);
  expect(fold(held, frame('0.1', [], { whole: true }))).toEqual(new Set(['drone', 'closure']));
  expect(closures(held).size).toBe(0);
});

test('cursors are compared as pairs of numbers', () => {
  expect(notNewer('2.10', '10.2')).toBe(false);
  expect(notNewer('2.1', '10.2')).toBe(true);
  expect(notNewer('10.3', '10.2')).toBe(false);
  expect(notNewer('1.1', '')).toBe(false);
});
