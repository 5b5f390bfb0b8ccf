// The phone's own way is the house's: the same seconds, metres and streets in order, from the very file that the house writes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inflated } from '../src/places/gazetteer';
import { nearest, shutRows } from '../src/roads/near';
import { unpackedRoads, USES, type Point } from '../src/roads/network';
import { route } from '../src/roads/route';

const AT = '../tests/city';
interface Answer { pair: string; from: Point; to: Point; lights: boolean; closed: number[]; shape: Point[]; eta_s: number | null; dist_m: number; legs: [string, number][] }
const answers = JSON.parse(readFileSync(`${AT}/drawn.roads.json`, 'utf8')) as Answer[];
const roads = unpackedRoads(await inflated(new Blob([readFileSync(`${AT}/drawn.roads`)])));
const told = answers.map((one): [string, Answer] => [`${one.pair}${one.lights ? ' with lights' : ''}${one.closed.length ? ', a street shut' : ''}`, one]);

function way({ from, to, lights }: Pick<Answer, 'from' | 'to' | 'lights'>, shut: ReadonlySet<number>) {
  const { stop } = USES[lights ? 'lights' : 'ordinary'];
  const [here, there] = [nearest(roads, from, stop), nearest(roads, to, stop)];
  if (!here || !there) throw new Error('no street');
  return route(roads, { from: here, to: there, lights, shut });
}

test.each(told)('%s as the house says', (_, one) => {
  const found = way(one, shutRows(roads, [{ segments: one.closed, shape: one.closed.length ? [one.shape] : [] }]));
  expect(found.found).toBe(one.eta_s !== null);
  if (one.eta_s === null) return;
  expect(Math.abs(found.eta_s - one.eta_s)).toBeLessThan(0.6);
  expect(Math.abs(found.dist_m - one.dist_m)).toBeLessThan(3);
  expect(found.legs.map(({ street }) => street)).toEqual(one.legs.map(([street]) => street));
});

test('a closure of another version of the city is found by its place', () => {
  const one = answers.find(({ closed }) => closed.length);
  const [right, wrong] = [one?.closed ?? [], [0]].map((segments) => [...shutRows(roads, [{ segments, shape: [one?.shape ?? []] }])]);
  expect(right).toHaveLength(1);
  expect(wrong).toEqual(right);
});

test('who drives already goes on the way they face, and the line begins and ends beside the two places', () => {
  const pine: Point = [0.0146, 0.0065];
  const [east, west] = [nearest(roads, pine, 4, 90), nearest(roads, pine, 4, 270)];
  expect([east?.directed, (east?.arc ?? 0) ^ 1]).toEqual([true, west?.arc]);
  const [one] = answers;
  const { line } = way(one ?? { from: [0, 0], to: [0, 0], lights: true }, new Set());
  expect([line[0]?.[0], line.at(-1)?.[1]]).toEqual([expect.closeTo(0.0116, 4), expect.closeTo(0.0066, 4)]);
});

test('a file of another format is refused', () => {
  expect(() => unpackedRoads(new Uint8Array([84, 80, 80, 49, 2, 0, 0, 0, 123, 125]))).toThrow('format');
});
