// Layers are remembered as they were chosen, cover has its steps, cells their neighbours; marks are placed, found and never hidden.
import { expect, test } from 'vitest';
import type { PositionRow, UnitRow } from '../src/model/contract';
import { barred } from '../src/model/files';
import { ageShare, assetsIn, assetShown, cellAt, cellBeside, coverStep, LAYERS, recalled, USUAL, without } from '../src/model/layers';
import { toDegrees, toWorld, type Sight } from '../src/map/mercator';
import { LAYER_OF } from '../src/map/painter';
import { DENSE, inSight, placed, Scene } from '../src/map/scene';
import { postsFor, type Standby } from '../src/model/moves';

test('a desk that never chose sees the usual, one that chose sees that, and what is no layer is left out', () => {
  expect([...recalled(null)]).toEqual(USUAL);
  expect([...recalled('')]).toEqual([]);
  expect([...recalled('units nonsense cover')]).toEqual(['units', 'cover']);
  for (const layer of LAYERS) expect([...without(without(recalled(null), layer), layer)].sort()).toEqual([...USUAL].sort());
});
test('steps of cover end where they say', () => {
  expect([0, 240, 241, 360, 480, 481, 720, 1200, 1201, 99_999, -1].map(coverStep)).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6]);
});
test('the arrows walk over the cells and stop at the edge', () => {
  const cells = { version: 'v', outlines: [], lon: [0, 1, 2, 0, 1, 2].map((x) => x / 100), lat: [0, 0, 0, 1, 1, 1].map((y) => 60 + y / 100) };
  expect(cellAt(cells, 0.011, 60.001)).toBe(1);
  expect([cellBeside(cells, 1, 1, 0), cellBeside(cells, 1, -1, 0), cellBeside(cells, 1, 0, 1)]).toEqual([2, 0, 4]);
  expect(cellBeside(cells, 2, 1, 0)).toBe(-1);
});
test('age fills a ring in half an hour; what stands at the kerb is shown close by', () => {
  expect([ageShare(0, 900e6), ageShare(0, 9000e6), ageShare(10, 0)]).toEqual([0.5, 1, 0]);
  expect([assetShown('hospital', 12), assetShown('hydrant', 12), assetShown('hydrant', 15)]).toEqual([true, false, true]);
  expect(assetsIn('{"kind":"hydrant","name":null,"lon":1,"lat":2}\n')).toEqual([{ kind: 'hydrant', name: null, lon: 1, lat: 2 }]);
});
test('what the page itself can refuse', () => {
  expect([barred(10, 'image/png'), barred(10, ''), barred(10, 'video/mp4'), barred(11 * 1024 * 1024, 'image/png')]).toEqual(['', '', 'file_kind', 'file_large']);
});

const unit = (id: string, lon: number, lat: number, state = 'available'): UnitRow =>
  ({ row: 'unit', id, shift: 's', stacked: [], unit_kind: 'engine', skills: [], station: '', home: { lon, lat, text: '', accuracy_m: null, source: '' }, crew: 1, state, since: 0, incident: '', lender: '', standby: null, standby_since: 0, seats: [], kit_faults: [] });
const sight: Sight = { x: toWorld(24, 60)[0], y: toWorld(24, 60)[1], scale: 512 * 2 ** 14, width: 800, height: 600 };
const none = (): undefined => undefined;

test('posts are marks of their own: named, stepped through, shown with cover and never spread or touched', () => {
  const scene = new Scene();
  scene.takePosts([{ name: 'East post', lon: 24, lat: 60 }, { name: 'Far post', lon: 30, lat: 60 }]);
  scene.arrange(sight);
  expect(scene.inOrder(sight, 14, (kind) => LAYER_OF[kind] === 'cover').map((one) => one.id)).toEqual(['East post']);
  expect(scene.inOrder(sight, 14, (kind) => LAYER_OF[kind] === 'units')).toEqual([]);
  expect(scene.at(sight, sight.width / 2, sight.height / 2, () => true)).toBeUndefined();
  const table: Standby = { sample: true, policy: 'expected', most_moves: 4, reasons: {}, posts: [['a', []], ['b', ['als']], ['c', ['fire']]].map(([name, skills]) => ({ name: name as string, place: { lon: 1, lat: 2, text: '', accuracy_m: null, source: 'post' }, skills: skills as string[] })) };
  expect(postsFor(table, 'als').map((post) => post.name)).toEqual(['a', 'b']);
  expect(postsFor(null, 'als')).toEqual([]);
});

test('degrees go to the world and back', () => {
  const [lon, lat] = toDegrees(...toWorld(24.95, 60.17));
  expect(lon).toBeCloseTo(24.95, 9);
  expect(lat).toBeCloseTo(60.17, 9);
});
test('a heap of fifty has fifty places, and each is found where it is drawn', () => {
  const scene = new Scene();
  scene.takeUnits(Array.from({ length: 50 }, (_, at) => unit(`E${at}`, 24, 60)), () => 'E', none, 0, '');
  scene.arrange(sight);
  const places = scene.units.map((one) => placed(one, sight));
  expect(new Set(places.map(String)).size).toBe(50);
  for (const one of scene.units) expect(scene.at(sight, ...placed(one, sight), () => true)?.id).toBe(one.id);
});
test('among very many each still stands on its true place, none is left out, and those out of sight cost nothing', () => {
  const scene = new Scene();
  const rows = Array.from({ length: 5000 }, (_, at) => unit(`U${at}`, 24 + (at % 100) * 1e-4, 60 + Math.floor(at / 100) * 1e-4));
  scene.takeUnits(rows, () => 'E', none, 0, '');
  scene.arrange(sight);
  expect(scene.room).toBe('dense');
  expect(scene.units.length).toBe(5000);
  expect(scene.units.every((one) => one.dx === 0 && one.dy === 0)).toBe(true);
  expect(scene.units.filter((one) => inSight(one, sight, 0)).length).toBeGreaterThan(DENSE);
  const close = { ...sight, scale: 512 * 2 ** 19 };
  scene.arrange(close);
  expect(scene.room).toBe('roomy');
});
test('a unit that moved is placed by its newest position, and only a changed row sorts anew', () => {
  const scene = new Scene();
  const rows = [unit('E1', 24, 60), unit('E2', 24, 60, 'en_route')];
  const at: PositionRow = { row: 'position', id: 'E1', lon: 24.01, lat: 60.01, device_at: 1e6, heard_at: 1e6, accuracy_m: 5, speed_mps: 9, heading_deg: 45 };
  scene.takeUnits(rows, () => 'E', (id) => (id === 'E1' ? at : undefined), 2e6, 'E1');
  expect(scene.units.map((one) => one.id)).toEqual(['E2', 'E1']);
  const [busy, free] = scene.units;
  expect([free?.heading, free?.late, free?.picked, busy?.late]).toEqual([45, false, true, true]);
  expect([free?.x, free?.y]).toEqual(toWorld(24.01, 60.01));
  scene.takeUnits(rows, () => 'E', () => ({ ...at, lon: 24.02 }), 2e6, '');
  expect(scene.units[1]).toBe(free);
  expect(free?.x).toBe(toWorld(24.02, 60)[0]);
});
