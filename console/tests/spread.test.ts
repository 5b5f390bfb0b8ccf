// Marks that meet are spread: none is hidden, the first stays, and nothing jumps from frame to frame.
import { expect, test } from 'vitest';
import { spread, type Mark } from '../src/map/spread';

const heap: Mark[] = Array.from({ length: 50 }, (_, index) => ({ id: `u${index}`, x: 100, y: 100 }));

test('fifty at one place all get room of their own', () => {
  const offsets = spread(heap, 60, 24, 16, new Map());
  const placed = heap.map((mark) => [mark.x + (offsets.get(mark.id)?.[0] ?? 0), mark.y + (offsets.get(mark.id)?.[1] ?? 0)] as const);
  expect(offsets.get('u0')).toEqual([0, 0]);
  for (const [at, [x, y]] of placed.entries()) {
    for (const [ox, oy] of placed.slice(at + 1)) expect(Math.abs(x - ox) < 60 && Math.abs(y - oy) < 24).toBe(false);
    expect(Math.hypot(x - 100, y - 100)).toBeLessThan(330);
  }
});
test('an offset is kept while it is still needed, and given back when it is not', () => {
  const before = spread(heap, 60, 24, 16, new Map());
  const fewer = heap.filter((_, index) => index !== 3);
  const after = spread(fewer, 60, 24, 16, before);
  for (const mark of fewer) expect(after.get(mark.id)).toEqual(before.get(mark.id));
  expect(spread([{ id: 'u7', x: 100, y: 100 }], 60, 24, 16, before).get('u7')).toEqual([0, 0]);
});
test('those who are apart are left alone', () => {
  const apart = [{ id: 'a', x: 0, y: 0 }, { id: 'b', x: 61, y: 0 }, { id: 'c', x: 0, y: 25 }];
  expect([...spread(apart, 60, 24, 16, new Map()).values()]).toEqual([[0, 0], [0, 0], [0, 0]]);
});
