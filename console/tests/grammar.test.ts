// What typed words mean on the command bar, in both languages.
import { describe, expect, test } from 'vitest';
import { named, parse, type Known } from '../src/model/grammar';

const known: Known = {
  units: [{ id: 'E7', incident: '' }, { id: 'E9', incident: '' }, { id: 'A4', incident: '261123-0031' }],
  incidents: ['261122-0031', '261123-0031', '261123-0005'],
  states: [
    { code: 'available', en: 'available', zh: '待命' }, { code: 'at_scene', en: 'at scene', zh: '到场' },
    { code: 'out_of_service', en: 'out of service', zh: '停用' },
  ],
  kinds: [
    { code: 'medical', en: 'medical emergency', zh: '医疗急救' }, { code: 'fire', en: 'building fire', zh: '建筑火灾' },
    { code: 'outside_fire', en: 'outside fire', zh: '室外火灾' },
  ],
  dispositions: [{ code: 'treated', en: 'treated at scene', zh: '现场处置' }, { code: 'false_alarm', en: 'false alarm', zh: '误报' }],
  closures: [{ id: '261123-0001', text: 'Fell Street' }],
  centres: [{ code: 'north', en: 'North County', zh: '北部中心' }],
  selected: '261123-0005',
  joined: [{ id: '261123-0032', into: '261123-0031' }],
};
const order = (text: string) => parse(text, known).order;
const gap = (text: string) => parse(text, known).gap?.code;

test.each([
  ['planning', 'planning'], ['Plan', 'planning'], ['what if', 'planning'], ['规划', 'planning'], ['推演', 'planning'], ['研判', 'planning'], ['moves', 'moves'], ['调动', 'moves'],
  ['moves report', 'moved'], ['调动成效', 'moved'], ['cover', 'cover'], ['覆盖', 'cover'],
  ['posts', 'posts'], ['spot checks', 'posts'], ['岗位', 'posts'], ['trackers', 'trackers'], ['定位终端', 'trackers'],
  ['handbook', 'handbook'], ['手册', 'handbook'],
])('%s opens a page by its name alone', (text, page) => expect(order(text)).toEqual({ verb: 'page', page }));
test('a page’s name with more words is no page, and what begins like one is completed', () => {
  expect(order('find cover street')).toEqual({ verb: 'find', place: 'cover street' });
  expect(order('cover street')).toBeNull();
  expect(parse('plann', known).completions.map((one) => one.text)).toContain('planning');
  expect(parse('规', known).completions.map((one) => one.text)).toContain('规划');
});

describe('a unit first', () => {
  test.each(['E7 31', 'e7 → 31', 'E7->31', 'E7 => #31', '  e7   31 ', 'Ｅ７　３１'])('%s sends', (text) => {
    expect(order(text)).toEqual({ verb: 'assign', unit: 'E7', incident: '261123-0031' });
  });
  test.each([['E7 available', 'available'], ['e7 at scene', 'at_scene'], ['E7 到场', 'at_scene'], ['E7 out', 'out_of_service']])(
    '%s sets a state', (text, state) => expect(order(text)).toEqual({ verb: 'state', unit: 'E7', state }));
  test('alone, it is shown, and what may follow is offered', () => {
    expect(order('A4')).toEqual({ verb: 'select-unit', unit: 'A4' });
    expect(parse('E7', known).completions.map((one) => one.text)).toContain('E7 → 31');
  });
  test('a number that is no incident is said to be none', () => expect(gap('E7 99')).toBe('incident'));
});

test('a number alone shows the latest incident of that number', () => {
  expect(order('31')).toEqual({ verb: 'select', incident: '261123-0031' });
  expect(order('261122-0031')).toEqual({ verb: 'select', incident: '261122-0031' });
});

test.each([
  ['why E7', { verb: 'why', unit: 'E7', incident: '261123-0005' }],
  ['why not e7 31', { verb: 'why', unit: 'E7', incident: '261123-0031' }],
  ['为什么 E7', { verb: 'why', unit: 'E7', incident: '261123-0005' }],
  ['stand down A4', { verb: 'stand-down', unit: 'A4', incident: '261123-0031' }],
  ['撤回A4', { verb: 'stand-down', unit: 'A4', incident: '261123-0031' }],
  ['swap A4 E9', { verb: 'swap', unit: 'A4', to: 'E9', incident: '261123-0031' }],
  ['swap a4 for e9', { verb: 'swap', unit: 'A4', to: 'E9', incident: '261123-0031' }],
  ['close 31 treated', { verb: 'close', incident: '261123-0031', disposition: 'treated' }],
  ['结案 31 误报', { verb: 'close', incident: '261123-0031', disposition: 'false_alarm' }],
  ['close fell st', { verb: 'shut', place: 'fell st' }],
  ['close road fell st', { verb: 'shut', place: 'fell st' }],
  ['封路 新华路', { verb: 'shut', place: '新华路' }],
  ['open road fell', { verb: 'reopen', place: '261123-0001' }],
  ['find 新华路12', { verb: 'find', place: '新华路12' }],
  ['街道 新华路 12', { verb: 'find', place: '新华路 12' }],
  ['note 31 second floor', { verb: 'note', incident: '261123-0031', note: 'second floor' }],
  ['note gate code 4', { verb: 'note', incident: '261123-0005', note: 'gate code 4' }],
  ['31 p1', { verb: 'priority', incident: '261123-0031', priority: 1 }],
  ['priority 3', { verb: 'priority', incident: '261123-0005', priority: 3 }],
  ['派 E7 31', { verb: 'assign', unit: 'E7', incident: '261123-0031' }],
  ['call 501 mission medical p1', { verb: 'call', place: '501 mission', kind: 'medical', priority: 1 }],
  ['call 501 mission outside fire', { verb: 'call', place: '501 mission', kind: 'outside_fire', priority: 0 }],
  ['接警 新华路12 医疗急救 p2', { verb: 'call', place: '新华路12', kind: 'medical', priority: 2 }],
])('%s', (text, meant) => expect(order(text)).toEqual(meant));

test.each([
  ['', 'idle'], ['close 31', 'disposition'], ['close 99 treated', 'incident'], ['why', 'unit'], ['why Z1', 'unit'], ['call', 'place'],
  ['call 501 mission', 'kind'], ['note 31', 'note'], ['find', 'place'], ['priority 31 9', 'priority'], ['xyzzy', 'words'],
])('%s lacks %s', (text, code) => expect(gap(text)).toBe(code));

test('an exact name goes before one that only begins so, and that before one that has it', () => {
  expect(named('fire', known.kinds)?.code).toBe('fire');
  expect(named('out', known.kinds)?.code).toBe('outside_fire');
  expect(named('火灾', known.kinds)?.code).toBe('fire');
  expect(named('', known.kinds)).toBeNull();
});

describe('a further alarm', () => {
  test.each([['alarm 31 2', '261123-0031', 2], ['升级 31 3', '261123-0031', 3], ['alarm 31', '261123-0031', 0], ['alarm', '261123-0005', 0], ['alarm 2', '261123-0005', 2]])(
    '%s', (text, incident, alarm) => expect(order(text)).toEqual({ verb: 'alarm', incident, alarm }));
  test('a level that is none is asked for again', () => {
    expect(gap('alarm 31 12')).toBe('alarm');
    expect(gap('alarm 99 2')).toBe('incident');
  });
});

describe('two incidents', () => {
  test.each([
    ['join 31 5', { verb: 'join', incident: '261123-0031', to: '261123-0005' }],
    ['join 31 into 5', { verb: 'join', incident: '261123-0031', to: '261123-0005' }],
    ['join 31', { verb: 'join', incident: '261123-0005', to: '261123-0031' }],
    ['并案 31 5', { verb: 'join', incident: '261123-0031', to: '261123-0005' }],
    ['separate 32', { verb: 'separate', incident: '261123-0032', to: '261123-0031' }],
    ['拆案 32', { verb: 'separate', incident: '261123-0032', to: '261123-0031' }],
    ['link 31 5', { verb: 'link', incident: '261123-0031', to: '261123-0005' }],
    ['关联 31 5', { verb: 'link', incident: '261123-0031', to: '261123-0005' }],
    ['取消关联 31 5', { verb: 'unlink', incident: '261123-0031', to: '261123-0005' }],
  ] as const)('%s', (text, meant) => expect(order(text)).toEqual(meant));
  test('one that is not joined cannot be separated, and those that are are offered', () => {
    expect(gap('separate 31')).toBe('joined');
    expect(parse('separate 31', known).completions.map((one) => one.text)).toEqual(['separate 32']);
    expect(gap('join 31 99')).toBe('incident');
  });
});

describe('a call for another centre', () => {
  test.each(['hand over 31 north', 'handover 31 to north county', '移交 31 北部中心'])('%s hands it over', (text) => {
    expect(order(text)).toEqual({ verb: 'hand-over', incident: '261123-0031', to: 'north' });
  });
  test('the selected one needs no number, and without a centre it is asked which', () => {
    expect(order('hand over north')).toEqual({ verb: 'hand-over', incident: '261123-0005', to: 'north' });
    expect(gap('hand over 31')).toBe('centre');
    expect(gap('hand over 31 moon')).toBe('centre');
  });
});

describe('spot checks and trackers', () => {
  const crewed: Known = {
    ...known, units: [{ id: 'E7', incident: '', station: 'North', state: 'available' }, { id: 'E9', incident: '', station: 'North', state: 'lent' }, { id: 'A4', incident: '', station: 'South', state: 'at_scene' }],
    trackers: [{ id: '3f9a0c1b22', unit: 'E7' }],
  };
  const meant = (text: string) => parse(text, crewed).order;
  test('one unit, a station or all are asked, never what is another city’s to send', () => {
    expect(meant('check e7')).toEqual({ verb: 'check', units: ['E7'], said: 'E7' });
    expect(meant('查勤 north')).toEqual({ verb: 'check', units: ['E7'], said: 'North' });
    expect(meant('check all')).toEqual({ verb: 'check', units: ['E7', 'A4'], said: '' });
    expect(meant('点名 全部')).toEqual({ verb: 'check', units: ['E7', 'A4'], said: '' });
    expect(parse('check e9', crewed).gap?.code).toBe('whom');
    expect(parse('check n', crewed).completions.map((one) => one.text)).toEqual(['check all', 'check North']);
  });
  test('a tracker is bound for each shift or this one, also to a unit that is off duty, and freed', () => {
    expect(meant('bind 3f9a0c1b22 e7')).toEqual({ verb: 'bind', tracker: '3f9a0c1b22', unit: 'E7', once: false });
    expect(meant('绑定 3F9A0C1B22 E7 本班')).toEqual({ verb: 'bind', tracker: '3f9a0c1b22', unit: 'E7', once: true });
    expect(meant('bind ab12 X1')).toEqual({ verb: 'bind', tracker: 'ab12', unit: 'X1', once: false });
    expect(parse('bind ab12 X1 shift', crewed).gap?.code).toBe('unit');
    expect(parse('bind ab12', crewed).gap?.code).toBe('unit');
    expect(meant('free 3f9a0c1b22')).toEqual({ verb: 'free', tracker: '3f9a0c1b22' });
    expect(parse('free ab12', crewed).gap?.code).toBe('tracker');
    expect(parse('free', crewed).completions.map((one) => one.text)).toEqual(['free 3f9a0c1b22']);
  });
});
