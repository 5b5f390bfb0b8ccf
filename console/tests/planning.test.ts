// What an answer shows: which way a difference goes, its bar, who stands first, the steps on the map, and the day from which a plan holds.
import { describe, expect, test } from 'vitest';
import { answerShapes } from '../src/map/shapes';
import {
  bar, cellValue, changeStep, CHANGE_SIGNS, dayBegins, FACES, lastStep, signedCount, signedPoints, signedTime, underWay, way, widest, worstFirst, type Between, type Cells, type ChangeRow,
} from '../src/model/planning';

const between = (low: number, value: number, high: number): Between => ({ low, value, high });
const service = { mean_s: 400, p90_s: 800, late: 0.2 };
const row = (name: string, mean: number, surely = false, perhaps = false): ChangeRow =>
  ({ name, calls: 50, before: service, after: service, mean_s: between(mean - 5, mean, mean + 5), late: between(0, 0, 0), surely, perhaps });

describe('a difference', () => {
  test('is better or worse only where its whole interval is', () => {
    expect([between(-9, -5, -1), between(1, 5, 9), between(-9, -5, 1), between(0, 0, 0), between(0, 3, 6), between(-6, -3, 0)].map(way))
      .toEqual(['better', 'worse', 'open', 'same', 'open', 'open']);
  });
  test('is drawn from zero in the middle: solid to the nearer end, lighter to the farther', () => {
    expect(bar(between(-8, -5, -2), 10)).toEqual({ sure: [40, 50], doubt: [10, 40], at: 25, cut: false });
    expect(bar(between(2, 5, 8), 10)).toEqual({ sure: [50, 60], doubt: [60, 90], at: 75, cut: false });
    expect(bar(between(-2, 1, 4), 10)).toEqual({ sure: null, doubt: [40, 70], at: 55, cut: false });
  });
  test('stays in its bar however wild it is, and of nothing nothing is drawn', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let turn = 0; turn < 500; turn += 1) {
      const value = (next() - 0.5) * 200;
      const of = between(value - next() * 100, value, value + next() * 100);
      const drawn = bar(of, next() * 100);
      const ends = [...drawn.doubt, ...(drawn.sure ?? []), drawn.at];
      expect(ends.every((end) => end >= 0 && end <= 100)).toBe(true);
      expect(drawn.doubt[0]).toBeLessThanOrEqual(drawn.at);
      expect(drawn.at).toBeLessThanOrEqual(drawn.doubt[1]);
      expect(drawn.sure !== null).toBe(way(of) === 'better' || way(of) === 'worse');
    }
    expect(bar(between(0, 0, 0), 0)).toEqual({ sure: null, doubt: [50, 50], at: 50, cut: false });
    expect(bar(between(-1, 5, 99), 10).cut).toBe(true);
  });
  test('one of wild doubt does not make the others vanish', () => {
    expect(widest([between(-900, -4, 900), between(6, 8, 10)])).toBe(10);
    expect(widest([])).toBe(0);
  });
  test('is written with its sign, and nothing with ±', () => {
    expect([-42, 65, 0, 0.4, -0.4, 3599.6].map(signedTime)).toEqual(['−0:42', '+1:05', '±0:00', '±0:00', '±0:00', '+60:00']);
    expect([-0.025, 0.1, 0.0001, 0].map(signedPoints)).toEqual(['−2.5', '+10.0', '±0.0', '±0.0']);
    expect([12345, -3, 0.2].map(signedCount)).toEqual(['+12\u2009345', '−3', '±0']);
  });
});

test('who surely pays stands first, then who perhaps does, then by how much later help comes', () => {
  const rows = [row('sooner', -40), row('perhaps', 20, false, true), row('little', 12), row('pays', 16, true), row('pays most', 90, true), row('alike', 12)];
  expect(worstFirst(rows).map((one) => one.name)).toEqual(['pays most', 'pays', 'perhaps', 'alike', 'little', 'sooner']);
  expect(rows[0]?.name).toBe('sooner');
});

describe('the map of an answer', () => {
  const answer: Cells = { before_s: [300, 300, 300, 300, 300, -1, 300], after_s: [200, 280, 310, 330, 400, 300, -1], calls: [9, 9, 9, 9, 9, 1, 1] };
  const cells = { version: 'v', lon: [0, 1, 2, 3, 4, 5, 6], lat: [0, 0, 0, 0, 0, 0, 0], outlines: Array.from({ length: 7 }, (_, at) => [at, 0, at + 1, 0, at + 1, 1, at, 0]) };
  test('has five steps, each with a sign, alike below a quarter of a minute', () => {
    expect([-61, -60, -16, -15, 0, 15, 16, 60, 61].map(changeStep)).toEqual([0, 1, 1, 2, 2, 2, 3, 3, 4]);
    expect(new Set(CHANGE_SIGNS).size).toBe(5);
  });
  test('leaves bare what too few calls tell of', () => {
    expect(FACES.map((face) => cellValue(answer, 5, face))).toEqual([null, 300, null]);
    expect(FACES.map((face) => cellValue(answer, 6, face))).toEqual([300, null, null]);
    expect(cellValue(answer, 99, 'change')).toBeNull();
    expect(FACES.map((face) => answerShapes(cells, answer, face).features.length)).toEqual([6, 6, 5]);
  });
  test('has a pattern beside the ink wherever something changed', () => {
    expect(answerShapes(cells, answer, 'change').features.map(({ properties }) => [properties?.['ink'], properties?.['hatch']])).toEqual([
      ['change-0', 'hatch-sooner'], ['change-1', 'hatch-sooner'], ['change-2', undefined], ['change-3', 'hatch-later'], ['change-4', 'hatch-later'],
    ]);
    expect(answerShapes(cells, answer, 'before').features.every(({ properties }) => properties?.['ink'] === 'cover-1' && !properties['hatch'])).toBe(true);
  });
});

test('a day begins at midnight of the city, on both sides of a change of the clock', () => {
  const iso = (date: string, zone: string): string => new Date(dayBegins(date, zone) / 1000).toISOString();
  expect(iso('2026-12-01', 'Europe/Helsinki')).toBe('2026-11-30T22:00:00.000Z');
  expect(iso('2026-07-01', 'Europe/Helsinki')).toBe('2026-06-30T21:00:00.000Z');
  expect(iso('2026-03-29', 'Europe/Helsinki')).toBe('2026-03-28T22:00:00.000Z');
  expect(iso('2026-03-30', 'Europe/Helsinki')).toBe('2026-03-29T21:00:00.000Z');
  expect(iso('2026-10-26', 'Europe/Helsinki')).toBe('2026-10-25T22:00:00.000Z');
  expect(iso('2026-11-30', 'Asia/Shanghai')).toBe('2026-11-29T16:00:00.000Z');
  expect(iso('2026-11-01', 'America/Los_Angeles')).toBe('2026-11-01T07:00:00.000Z');
});

test('what is under way is looked at often, and of a plan that was proposed twice the last time counts', () => {
  expect((['waiting', 'running', 'answered', 'proposed'] as const).map(underWay)).toEqual([true, true, false, false]);
  const step = (what: 'proposed' | 'declined', by: string, at: number) => ({ what, by, at, because: '' });
  const trail = [step('proposed', 'a', 1), step('declined', 'b', 2), step('proposed', 'c', 3)];
  expect(lastStep(trail, 'proposed')?.by).toBe('c');
  expect(lastStep(trail, 'adopted')).toBeUndefined();
});
