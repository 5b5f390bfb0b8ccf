// Turns are read from the way's own line: left is left, a straight road is no turn, and where one is along it.
import { expect, test } from 'vitest';
import { bent, length_m, progress, steps } from '../src/field/turns';
import type { Route } from '../src/model/contract';

const DEGREE_M = 111_320;
/** A line drawn in metres round the equator, where a degree is as long either way. */
const drawn = (...points: [number, number][]): [number, number][] => points.map(([east, north]) => [east / DEGREE_M, north / DEGREE_M]);
const way = (line: [number, number][], ...legs: [string, number][]): Route =>
  ({ found: true, eta_s: 60, dist_m: 0, line, legs: legs.map(([street, dist_m]) => ({ street, dist_m })) });

test('north, then left, then right, then there', () => {
  const line = drawn([0, 0], [0, 400], [-300, 400], [-300, 900]);
  expect(steps(way(line, ['A', 400], ['B', 300], ['C', 500])).map(({ bend, street, from_m }) => [bend, street, from_m])).toEqual([
    ['start', 'A', 0], ['left', 'B', 400], ['right', 'C', 700], ['arrive', '', 1200],
  ]);
});

test('a street that goes on under its name is one step, one that changes its name is told', () => {
  const line = drawn([0, 0], [0, 900]);
  expect(steps(way(line, ['A', 300], ['A', 300], ['B', 300])).map(({ bend, street, dist_m }) => [bend, street, dist_m])).toEqual([
    ['start', 'A', 600], ['straight', 'B', 300], ['arrive', '', 0],
  ]);
});

test('streets measured along the road find their corners on a line that is drawn shorter', () => {
  const line = drawn([0, 0], [0, 380], [285, 380]);
  expect(steps(way(line, ['A', 400], ['B', 300])).map((one) => one.bend)).toEqual(['start', 'right', 'arrive']);
});

test('every angle has a word', () => {
  expect([0, 30, 90, 170, -30, -90, -170, 350, 180].map(bent)).toEqual(
    ['straight', 'slight_right', 'right', 'sharp_right', 'slight_left', 'left', 'sharp_left', 'straight', 'sharp_left']);
});

test('a place is so far along the way and so far off it', () => {
  const line = drawn([0, 0], [0, 400], [300, 400]);
  expect(length_m(line)).toBeCloseTo(700, 0);
  const { along_m, off_m } = progress(line, drawn([150, 420])[0] ?? [0, 0]);
  expect([Math.round(along_m), Math.round(off_m)]).toEqual([550, 20]);
});
