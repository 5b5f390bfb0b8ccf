// Which tiles are kept round a unit, and which go first when there is no more room.
import { expect, test } from 'vitest';
import { dropped, metresTo, tilesAround, type Centre, type Piece } from '../src/field/tiles';

const station: Centre = { lon: 24.94, lat: 60.17, within_m: 2_000 };
const job: Centre = { lon: 25.1, lat: 60.2, within_m: 1_000 };
const piece = (of: { z: number; x: number; y: number }, size: number, at = 1): Piece => ({ ...of, key: `${of.z}/${of.x}/${of.y}`, size, at });

test('every tile that reaches into the ring, the coarse first and the near before the far', () => {
  const tiles = tilesAround(station, 8, 15);
  expect(tiles[0]?.z).toBe(8);
  expect(tiles.filter(({ z }) => z === 8).length).toBeGreaterThanOrEqual(1);
  expect(tiles.every((tile) => metresTo(tile, station) <= 2_000)).toBe(true);
  const fine = tiles.filter(({ z }) => z === 15);
  expect(metresTo(fine[0] ?? { z: 0, x: 0, y: 0 }, station)).toBe(0);
  expect(fine.map((tile) => metresTo(tile, station))).toEqual(fine.map((tile) => metresTo(tile, station)).sort((a, b) => a - b));
  // A tile of zoom 15 is 608 m wide there: those of a ring of 2 km and no more.
  expect(fine.length).toBeGreaterThan(30);
  expect(fine.length).toBeLessThan(70);
});

test('the ends of the world have tiles too', () => {
  expect(tilesAround({ lon: 179.99, lat: 84, within_m: 5_000 }, 0, 3).every(({ z, x, y }) => x >= 0 && x < 2 ** z && y >= 0 && y < 2 ** z)).toBe(true);
});

test('what lies round no centre any more goes first, the oldest of it before the newer, then the farthest; the directory stays', () => {
  const near = tilesAround(station, 15, 15).map((tile) => piece(tile, 10, 9));
  const old = tilesAround(job, 15, 15).slice(0, 2).map((tile, at) => piece(tile, 10, at + 1));
  const directory = piece({ z: -1, x: 0, y: 0 }, 500);
  const all = [directory, ...near, ...old];
  const size = all.reduce((sum, one) => sum + one.size, 0);
  expect(dropped(all, [station], size)).toEqual([]);
  expect(dropped(all, [station], size - 5)).toEqual([old[0]]);
  expect(dropped(all, [station], size - 15)).toEqual([old[0], old[1]]);
  expect(dropped(all, [station], size - 25)).toEqual([old[0], old[1], near.at(-1)]);
  expect(dropped(all, [station, job], size - 5)[0]).toEqual(near.at(-1));
  expect(dropped(all, [station], 0)).not.toContain(directory);
});
