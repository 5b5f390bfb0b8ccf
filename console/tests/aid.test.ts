// Help between cities: what waits for somebody, in which order, how far an asking has come, and when a neighbour is said not to answer.
import { describe, expect, it } from 'vitest';
import { aidPresses, aidWaits, answered, appeals, askings, silent, SILENT_US, standing, type AidRow, type LetterRow, type LoanRow } from '../src/model/aid';
import { open, silentFirst, type CityLine } from '../src/model/region';

const row = (id: string, more: Partial<AidRow> = {}): AidRow => ({
  row: 'aid', id, ours: false, city: 'B', incident: '', place: { lon: 0, lat: 0, text: '', accuracy_m: null, source: '' }, kind: 'fire', priority: 2,
  needs: [{ skill: 'fire', count: 2 }], since: 1, until: 100, state: 'open', reason: '', loans: [], incident_closed: false, ...more,
});
const letter = (id: string, since: number, more: Partial<LetterRow> = {}): LetterRow => ({ row: 'letter', id, to: 'B', letter: { what: 'asked' }, since, code: '', ...more });
const loan = (id: string, more: Partial<LoanRow> = {}): LoanRow => ({
  row: 'loan', id, borrowed: true, city: 'B', unit: 'B.E7', shift: id, aid: 'a', incident: '1', state: 'available', since: 1, eta_s: 9, recalled: false, ...more });

describe('appeals', () => {
  it('wait until as many units are lent as were asked for, the oldest first', () => {
    const rows = [row('late', { since: 5 }), row('half', { since: 2, loans: ['1'] }), row('full', { loans: ['1', '2'] }), row('over', { state: 'declined' }), row('ours', { ours: true })];
    expect(appeals(rows).map((one) => one.id)).toEqual(['half', 'late']);
    expect(answered(rows).map((one) => one.id)).toEqual(['full']);
  });
  it('press where a life may hang on them or their time is over', () => {
    expect(aidPresses([row('a')], 100)).toBe(false);
    expect(aidPresses([row('a')], 101)).toBe(true);
    expect(aidPresses([row('a', { priority: 1 })], 1)).toBe(true);
    expect(aidPresses([row('a', { priority: 1, state: 'declined' })], 101)).toBe(false);
  });
  it('count with units that are wanted back and with a no that nobody has seen', () => {
    expect(aidWaits([row('a'), row('no', { ours: true, state: 'declined' }), row('some', { ours: true, state: 'declined', loans: ['x'] })],
      [loan('1', { recalled: true }), loan('2'), loan('3', { borrowed: false, recalled: true })])).toBe(3);
  });
});

describe('an asking of ours', () => {
  it('is of one incident, and goes from asked to heard, lent, declined and ended', () => {
    const mine = row('a', { ours: true, incident: '1' });
    expect(askings([row('b'), mine, row('c', { ours: true, incident: '2' })], '1')).toEqual([mine]);
    expect(standing(mine, [letter('asked/a', 1)])).toBe('asked');
    expect(standing(mine, [letter('asked/a', 1, { code: 'aid_unknown' })])).toBe('refused');
    expect(standing(mine, [letter('asked/b', 1)])).toBe('heard');
    expect(standing({ ...mine, loans: ['1'] }, [])).toBe('lent');
    expect(standing({ ...mine, loans: ['1'], state: 'declined' }, [])).toBe('declined');
    expect(standing({ ...mine, state: 'ended' }, [])).toBe('ended');
  });
});

describe('a neighbour', () => {
  it('is silent once a letter has waited too long, since the oldest of them; what was refused is no silence', () => {
    const letters = [letter('1', 20), letter('2', 10), letter('3', 5, { to: 'C', code: 'aid_unknown' }), letter('4', 30 + SILENT_US, { to: 'D' })];
    expect([...silent(letters, 21 + SILENT_US)]).toEqual([['B', 10]]);
    expect(silent(letters, 10 + SILENT_US).size).toBe(0);
  });
});

describe('a region', () => {
  const city = (code: string, answers: boolean, since: number, incidents = 0): CityLine => ({ code, says: { en: code, zh: code }, answers, since, heard_at: 0, incidents, units: {} });
  it('shows who does not answer first, and says how many incidents there are beyond those it shows', () => {
    const cities = [city('A', true, 9, 3), city('B', false, 8, 2), city('C', false, 7), city('D', true, 1)];
    expect(silentFirst(cities).map((one) => one.code)).toEqual(['C', 'B', 'A', 'D']);
    expect(open({ at: 0, cities, incidents: [], aid: [], loans: [], kinds: {}, skills: {} })).toBe(5);
  });
});
