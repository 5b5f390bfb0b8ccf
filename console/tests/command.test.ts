// What is typed under a board's columns, and the order in which a board shows what it holds.
import { expect, test } from 'vitest';
import type { IncidentRow, UnitRow } from '../src/model/contract';
import type { CommandTable, Major, Objective, Task, TaskRow } from '../src/model/command';
import { objectivesInOrder, overdue, sectorLines, tasksOf } from '../src/model/command';
import { dueIn, hospitalEntry, meant, objectiveEntry, sectorEntry, taskEntry } from '../src/model/command-entry';

const coded = (code: string, en: string, zh: string) => ({ code, says: { en, zh } });
const table = {
  categories: [coded('resus', 'resuscitation', '抢救'), coded('major', 'major', '重症'), coded('minor', 'minor', '轻症')],
  agencies: [coded('W', 'Sample water works', '示例自来水公司'), coded('P', 'Sample power grid', '示例供电公司')],
} as unknown as CommandTable;
const NOW = 1_000_000_000;
const minutes = (count: number): number => NOW + count * 60e6;
const sector = (code: string, name: string) => ({ sector: code, name, place: null, shape: [] as [number, number][], leader: '', since: 0 });
const board = (more: Partial<Major>): Major => ({
  major: 'M', name: '', place: { lon: 0, lat: 0, text: '', accuracy_m: null, source: '' }, level: '', plan: '', since: 0, roles: [], sectors: [sector('s1', 'North'), sector('s2', 'North quay')],
  objectives: [], resources: [], incidents: ['31'], sent: {}, entries: 0, ended: false, ...more });

test.each([
  ['e7 north', { what: 'place', unit: 'E7', sector: 's1' }],
  ['E7 quay', { what: 'place', unit: 'E7', sector: 's2' }],
  ['E7 stag', { what: 'place', unit: 'E7', sector: 'staging' }],
  ['E7 集结', { what: 'place', unit: 'E7', sector: 'staging' }],
  ['E7 off', { what: 'place', unit: 'E7', sector: '' }],
  ['E7 nor', { what: 'unclear' }],
  ['E7', { what: 'unclear' }],
  ['West / C1', { what: 'make', name: 'West', leader: 'C1' }],
])('a sector line: %s', (text, asked) => expect(sectorEntry(text, board({}), ['E7', 'E70'])).toEqual(asked));

test.each([
  ['2 major 1 minor', { what: 'send', counts: { major: 2, minor: 1 } }],
  ['-1 重症', { what: 'send', counts: { major: -1 } }],
  ['has 3 res', { what: 'has', counts: { resus: 3 } }],
  ['有 0 轻症', { what: 'has', counts: { minor: 0 } }],
  ['divert major 30 CT is down', { what: 'divert', categories: ['major'], due: minutes(30), reason: 'CT is down' }],
  ['分流 停电', { what: 'divert', categories: [], due: 0, reason: '停电' }],
  ['divert 30', { what: 'unclear' }],
  ['open', { what: 'open' }],
  ['2 m', { what: 'unclear' }],
  ['two major', { what: 'unclear' }],
])('a hospital line: %s', (text, asked) => expect(hospitalEntry(text, table, NOW)).toEqual(asked));

test('an objective with owner and minutes, and without', () => {
  expect(objectiveEntry('Evacuate / E7 / 20', NOW)).toEqual({ text: 'Evacuate', owner: 'E7', due: minutes(20) });
  expect(objectiveEntry('Evacuate', NOW)).toEqual({ text: 'Evacuate', owner: '', due: 0 });
  expect(dueIn('soon', NOW)).toBe(0);
});
test('a task names its agency by any word of it, in either language', () => {
  expect(taskEntry('water: Shut the main / 30', table, NOW)).toEqual({ agency: 'W', text: 'Shut the main', due: minutes(30) });
  expect(taskEntry('自来水：关闭主管', table, NOW)).toEqual({ agency: 'W', text: '关闭主管', due: 0 });
  expect(taskEntry('sample: x', table, NOW)).toBeNull();
  expect(taskEntry('water:', table, NOW)).toBeNull();
  expect(meant('', table.agencies, (one) => [one.code])).toBeNull();
});
test('units stand under their sector, staging after the sectors, and who stands nowhere last', () => {
  const unit = (id: string) => ({ id, shift: 'd', state: 'at_scene' }) as UnitRow;
  const placed = (id: string, where: string) => ({ unit: id, shift: 'd', sector: where, since: 0 });
  const lines = sectorLines(board({ resources: [placed('E10', 's1'), placed('E2', 's1'), placed('T1', 'staging')] }),
    [{ id: '31', units: ['E2', 'M1'] } as IncidentRow, { id: '32', units: ['P9'] } as IncidentRow], ['E2', 'E10', 'T1', 'M1', 'P9'].map(unit));
  expect(lines.map((line) => line.unit || `[${line.sector} ${line.count}]`)).toEqual(['[s1 2]', 'E2', 'E10', '[s2 0]', '[staging 1]', 'T1', '[ 1]', 'M1']);
});
test('open objectives by their time, then those without one, then what is over, the latest first', () => {
  const one = (objective: string, due: number, state: Objective['state'] = 'open', at = 0) => ({ objective, due, state, at }) as Objective;
  const ordered = objectivesInOrder(board({ objectives: [one('a', 0), one('b', 9), one('c', 5), one('d', 1, 'met', 3), one('e', 1, 'dropped', 4)] }));
  expect(ordered.map((each) => each.objective)).toEqual(['c', 'b', 'a', 'e', 'd']);
  expect([overdue(one('x', 5), 6), overdue(one('x', 0), 6), overdue(one('x', 5, 'met'), 6)]).toEqual([true, false, false]);
});
test('tasks of the command and of its incidents, those handed back on top', () => {
  const row = (task: string, state: Task['state'], incident: string, major = '') => ({ row: 'task', id: task, loose: false, now: { task, state, incident, major, given_at: 0 } }) as TaskRow;
  expect(tasksOf(board({}), [row('a', 'accepted', '31'), row('b', 'declined', '', 'M'), row('c', 'given', '32'), row('d', 'given', '31')]).map((one) => one.task)).toEqual(['b', 'd', 'a']);
});
