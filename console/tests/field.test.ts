// The phone's queue: in order, once, through lost answers, restarts, wrong clocks and refusals, of which nothing is ever dropped.
import { beforeEach, expect, test } from 'vitest';
import type { Problem, UnitRow } from '../src/model/contract';
import { memory, type Drawer } from '../src/field/drawer';
import { behind, draft, expected, happened, inOrder, meaning, MOST_KEPT, pause_ms, questions, spent, type Action, type Draft } from '../src/field/queue';
import { bases, own, STAYS } from '../src/field/picture';
import { Sync, type Given } from '../src/field/sync';
import { marked, stretches, type Point } from '../src/field/track';
import { barred, spoken } from '../src/model/files';

const no = (status: number, code: string): Problem => ({ status, code, title: code, title_zh: code, field: null });
const state = (to: string, incident = '31'): Draft => draft('state', '/api/units/E7/state', { state: to }, { incident, unit: 'E7', shift: 'D' });
const note = (incident = '31'): Draft => draft('note', `/api/incidents/${incident}/notes`, { note: 'gate shut' }, { incident, unit: 'E7', shift: 'D' });

/** A house that keeps each key once, as the real one does, and says no where it is told to. */
class House {
  kept: { key: string; what: string; at: number }[] = [];
  tries = 0;
  says: (one: Action) => Problem | null = () => null;
  /** Keeps it and loses the answer. */
  mute = false;
  send = (one: Action, at: number): Promise<{ problem: Problem | null; again: boolean }> => {
    this.tries += 1;
    const problem = this.says(one);
    if (problem) return Promise.resolve({ problem, again: false });
    const again = this.kept.some((other) => other.key === one.key);
    if (!again) this.kept.push({ key: one.key, what: String(one.body['state'] ?? one.what), at });
    return Promise.resolve(this.mute ? { problem: no(0, 'unreached'), again: false } : { problem: null, again });
  };
  get whats(): string[] { return this.kept.map((one) => one.what); }
}

let house: House;
let disk: Drawer;
let now: number;
let ahead: number | null;
let wakes: (() => void)[];
let held = MOST_KEPT;
let unwritten = 0;
let keys = 0;
const page = async (): Promise<Sync> => {
  const given: Given = {
    drawer: disk, send: house.send, tells: (asked) => draft('message', '/api/messages', { text: asked.map((one) => one.body['state']).join() }),
    now: () => now, ahead: () => ahead, key: () => `key ${++keys}`, changed: () => undefined, wrote: () => undefined, most: () => held, unwritten: () => (unwritten += 1), alone: (act) => act(),
    later: (act) => { wakes.push(act); return () => undefined; },
  };
  const made = new Sync(given);
  await made.load();
  return made;
};
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
};
beforeEach(() => {
  [house, disk, now, ahead, wakes, held, unwritten] = [new House(), memory(), 1_000, 0, [], MOST_KEPT, 0];
});

test('what was done offline is sent in order, once, with the times it was done at', async () => {
  house.says = () => no(0, 'unreached');
  const one = await page();
  for (const [index, to] of ['en_route', 'at_scene', 'clearing', 'available'].entries()) {
    now = 2_000 + index;
    await one.take(state(to), 'mara');
  }
  await settled();
  expect(one.mood).toBe('away');
  now = 900_000;
  house.says = () => null;
  one.nudge();
  await settled();
  expect(house.kept.map(({ what, at }) => [what, at])).toEqual([['en_route', 2_000], ['at_scene', 2_001], ['clearing', 2_002], ['available', 2_003]]);
  expect(one.actions.every((each) => each.stand === 'kept' && each.heard === 900_000)).toBe(true);
  expect(one.mood).toBe('at_rest');
});

test('a lost answer and a restart in the middle keep nothing twice', async () => {
  const one = await page();
  house.mute = true;
  await one.take(state('en_route'), 'mara');
  await settled();
  await one.take(state('at_scene'), 'mara');
  house.says = () => no(503, 'closing');
  house.mute = false;
  wakes.at(-1)?.();
  await settled();
  house.says = () => null;
  const after = await page(); // the page died too
  await after.run('mara');
  await settled();
  expect(house.whats).toEqual(['en_route', 'at_scene']);
  expect(after.actions.map((each) => [each.stand, each.again])).toEqual([['kept', true], ['kept', false]]);
});

test('an answer that is not the house’s own drops nothing', async () => {
  const one = await page();
  for (const problem of [no(0, 'unreached'), no(500, 'http_500'), no(429, 'slow_down'), no(408, 'too_slow'), no(404, 'http_404'), no(507, 'ledger.full')]) {
    expect(meaning(problem), problem.code).toBe('again');
    house.says = () => problem;
    await one.take(note(), 'mara');
    await settled();
  }
  expect(one.actions.map((each) => each.stand)).toEqual(Array(6).fill('queued'));
});

test('the steps at an incident become one question where the unit was sent elsewhere; words go on, and dispatch is told once', async () => {
  house.says = () => no(0, 'unreached');
  const one = await page();
  for (const made of [state('en_route'), note(), state('at_scene'), state('en_route', '32')]) await one.take(made, 'mara');
  await settled();
  house.says = (each) => (each.what === 'state' && each.incident === '31' ? no(409, 'unit_elsewhere') : null);
  one.nudge();
  await settled();
  expect(house.whats).toEqual(['note', 'en_route', 'message']);
  const [asked = []] = questions(one.actions, 'mara');
  expect(asked.map((each) => [each.body['state'], each.problem?.code])).toEqual([['en_route', 'unit_elsewhere'], ['at_scene', 'unit_elsewhere']]);
  await one.run('mara');
  await settled();
  expect(house.whats).toEqual(['note', 'en_route', 'message']);
  await one.settle(...asked);
  expect(questions(one.actions, 'mara')).toEqual([]);
  expect(one.actions.filter((each) => each.stand === 'settled')).toHaveLength(2);
});

test('a page that dies between telling dispatch and writing down the question tells it once', async () => {
  house.says = (each) => (each.what === 'state' ? no(409, 'unit_elsewhere') : null);
  const put = disk.put;
  disk.put = (...changed) => (changed.some((each) => each.stand === 'refused') ? Promise.reject(new Error('the battery')) : put(...changed));
  const one = await page();
  const step = one.given.drawer.add({ ...draft('state', '/api/units/E7/state', { state: 'at_scene' }, { incident: '31', unit: 'E7' }), key: 'k', by: 'mara', at: 1, ahead: 0, stand: 'queued', tries: 0, problem: null, heard: 0, again: false });
  await step;
  await expect(one.run('mara')).rejects.toThrow('the battery');
  disk.put = put;
  const after = await page();
  await after.run('mara');
  await settled();
  expect(house.whats).toEqual(['message']);
  expect(questions(after.actions, 'mara')).toHaveLength(1);
});

test('a word to dispatch that is refused itself tells nobody of itself', async () => {
  house.says = () => no(409, 'unit_not_on_shift');
  const one = await page();
  await one.take(state('at_scene'), 'mara');
  await settled();
  expect(one.actions.map((each) => [each.what, each.stand])).toEqual([['state', 'refused'], ['message', 'refused']]);
});

test('whoever signs in next sends their own, and a session that ended waits', async () => {
  house.says = () => no(401, 'sign_in_first');
  const one = await page();
  await one.take(state('en_route'), 'mara');
  await settled();
  expect([one.mood, wakes.length]).toEqual(['sign-in', 0]);
  house.says = () => null;
  await one.run('ivo');
  await settled();
  expect(house.kept).toEqual([]);
  await one.run('mara');
  await settled();
  expect(house.whats).toEqual(['en_route']);
});

test('times follow the house’s clock, and none lies ahead of now', () => {
  expect(happened({ at: 100, ahead: 50 }, 70, 1_000)).toBe(150);
  expect(happened({ at: 100, ahead: null }, 70, 1_000)).toBe(170);
  expect(happened({ at: 100, ahead: null }, null, 1_000)).toBe(100);
  expect(happened({ at: 5_000, ahead: 0 }, -4_500, 5_100)).toBe(600); // the device's clock was put since
});

test('a call for help goes before all else, what is heavy after', () => {
  const made = [draft('file', '/f', {}), state('en_route'), draft('help', '/h', {}), state('at_scene')].map((one, id) => ({ ...one, id }) as Action);
  expect(inOrder(made).map((one) => one.id)).toEqual([2, 1, 3, 0]);
});

test('pauses grow to a minute and never undercut what the house asks', () => {
  expect([0, 1, 2, 9].map((tries) => pause_ms(tries))).toEqual([1000, 2000, 4000, 60_000]);
  expect(pause_ms(0, 30)).toBe(30_000);
});

test('the unit stands as it will once the house has heard, and steps at other work change nothing', () => {
  const unit = { id: 'E7', shift: 'D', state: 'assigned', incident: '31', since: 5 } as UnitRow;
  const step = (to: string, incident: string, at: number): Action => ({ ...state(to, incident), stand: 'queued', at, ahead: 10 }) as Action;
  expect(expected(unit, [step('en_route', '31', 100), step('at_scene', '31', 200)])).toEqual({ state: 'at_scene', incident: '31', since: 210 });
  expect(expected(unit, [step('available', '31', 100), step('out_of_service', '', 200)])).toEqual({ state: 'out_of_service', incident: '', since: 210 });
  expect(expected(unit, [step('at_scene', '30', 100)])).toEqual({ state: 'assigned', incident: '31', since: 5 });
});

test('only what is done goes in the end, the oldest first', () => {
  const done = Array.from({ length: MOST_KEPT + 2 }, (_, id) => ({ ...note(), id, stand: 'kept' }) as Action);
  const open = { ...note(), id: 99, stand: 'refused' } as Action;
  expect(spent([open, ...done]).map((one) => one.id)).toEqual([0, 1]);
  expect(behind([open], { ...note(), id: 1 } as Action)).toEqual([]);
});

test('a disk that takes nothing more loses nothing and keeps nothing twice', async () => {
  house.says = () => no(0, 'unreached');
  const one = await page();
  for (const to of ['en_route', 'at_scene']) await one.take(state(to), 'mara');
  await settled();
  const { add, put } = disk;
  disk.put = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  disk.add = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  await expect(one.take(state('clearing'), 'mara')).rejects.toThrow('no room');
  house.says = () => null;
  one.nudge();
  await settled();
  expect(house.whats).toEqual(['en_route', 'at_scene']);
  expect([one.mood, unwritten > 0, one.actions.map((each) => each.stand)]).toEqual(['at_rest', true, ['kept', 'kept']]);
  [disk.add, disk.put] = [add, put];
  const after = await page();
  expect(after.actions.map((each) => each.stand)).toEqual(['queued', 'queued']);
  await after.run('mara');
  await settled();
  expect(house.whats).toEqual(['en_route', 'at_scene']);
  expect(after.actions.map((each) => [each.stand, each.again])).toEqual([['kept', true], ['kept', true]]);
});

test('a no that a full disk could not write down is asked again', async () => {
  house.says = (each) => (each.what === 'state' ? no(409, 'unit_elsewhere') : null);
  const { add } = disk;
  const one = await page();
  await one.given.drawer.add({ ...state('at_scene'), key: 'k', by: 'mara', at: 1, ahead: 0, stand: 'queued', tries: 0, problem: null, heard: 0, again: false });
  disk.add = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  await one.run('mara');
  expect([one.mood, wakes.length, questions(one.actions, 'mara')]).toEqual(['away', 1, []]);
  disk.add = add;
  wakes[0]?.();
  await settled();
  expect(house.whats).toEqual(['message']);
  expect(questions(one.actions, 'mara')).toHaveLength(1);
});

test('with the end of a shift what is done goes, what waits is sent, and then goes too', async () => {
  const one = await page();
  await one.take(note('30'), 'mara');
  await settled();
  house.says = () => no(0, 'unreached');
  await one.take(note('31'), 'mara');
  await settled();
  await one.forget();
  expect((await disk.all()).map((each) => [each.incident, each.stand])).toEqual([['31', 'queued']]);
  held = 0;
  house.says = () => null;
  one.nudge();
  await settled();
  expect(house.whats).toEqual(['note', 'note']);
  expect(await disk.all()).toEqual([]);
  await disk.set('picture', { rows: [] });
  await disk.set('unit', 'E7');
  await disk.set('anything else', 'of an incident');
  await disk.forget(STAYS);
  expect([await disk.get('picture'), await disk.get('anything else'), await disk.get('unit')]).toEqual([undefined, undefined, 'E7']);
});

test('a voice note happened when it was begun', async () => {
  const one = await page();
  now = 9_000_000;
  const voice = draft('file', '/f', {}, { began: 5_000_000 });
  await one.take(voice, 'mara');
  await settled();
  expect(house.kept.map((each) => each.at)).toEqual([5_000_000]);
});

test('what stays of units is what they are, and of nobody’s incident', () => {
  const unit = (id: string, more: Partial<UnitRow> = {}): UnitRow => ({ row: 'unit', id, unit_kind: 'engine', station: `Station ${id}`, home: { lon: 1, lat: 2, text: '', accuracy_m: null, source: '' }, skills: [], crew: 4, lender: '', stacked: ['32'], incident: '31', ...more }) as UnitRow;
  const seen = bases([{ unit: 'E1', unit_kind: 'truck', station: 'old', home: unit('E1').home, skills: [], crew: 0 }], [unit('E1'), unit('E2'), unit('X1', { lender: 'Espoo' })]);
  expect(seen.map((one) => [one.unit, one.unit_kind, one.station])).toEqual([['E1', 'engine', 'Station E1'], ['E2', 'engine', 'Station E2']]);
  expect(JSON.stringify(seen)).not.toContain('31');
  expect(own([unit('E1'), unit('E2')], '').map((row) => (row as UnitRow).incident)).toEqual(['', '']);
});

test('a track is shown by a few of its times, and no line is drawn where nothing was told', () => {
  const point = (minute: number): Point => ({ at: minute * 60e6, lon: minute, lat: 0, accuracy_m: null, speed_mps: null });
  expect(marked([])).toEqual([]);
  expect(marked([point(1)])).toHaveLength(1);
  const all = Array.from({ length: 600 }, (_, minute) => point(minute));
  const few = marked(all);
  expect([few.length <= 24, few[0]?.at, few.at(-1)?.at]).toEqual([true, 0, 599 * 60e6]);
  expect(stretches([point(0), point(1), point(2), point(30), point(31), point(60)])).toEqual([[[0, 0], [1, 0], [2, 0]], [[30, 0], [31, 0]]]);
});

test('a length is told in minutes and seconds, and a recording may be chosen', () => {
  expect([0, 31_600, 120_000].map(spoken)).toEqual(['0:00', '0:32', '2:00']);
  expect([barred(1, 'audio/mp4'), barred(1, 'video/webm'), barred(1, 'video/mp4')]).toEqual(['', '', 'file_kind']);
});
