// Messages on the desk: who words mean, what is unread here, and how far each recipient got.
import { describe, expect, it } from 'vitest';
import { addressed, late, leading, receipt, threads, unread, type Addressees, type MessageRow } from '../src/model/letters';

const KNOWN: Addressees = {
  units: [{ id: 'E7', station: 'Station 3' }, { id: 'E9', station: 'Station 3' }, { id: 'M2', station: 'Station 12' }],
  skills: [{ code: 'fire', en: 'fire suppression', zh: '灭火', also: ['engine', '水罐消防车'] }, { code: 'als', en: 'advanced life support', zh: '高级生命支持', also: [] }],
  roles: [{ code: 'supervisor', en: 'supervisor', zh: '值班长' }], incidents: ['261125-0031'], persons: ['desk 2'],
};
const first = (words: string) => addressed(words, KNOWN)[0];
const row = (id: string, more: Partial<MessageRow> = {}): MessageRow => ({
  row: 'message', id, sender: 'unit:E7', to_kind: 'role', to: 'dispatcher', recipients: ['role:dispatcher'], incident: '', urgent: false,
  sent_at: Number(id), answer_by: 0, answers: '', thread: id, delivered: [], read: [], answered: [], ...more,
});

describe('who words mean', () => {
  it('finds units, stations, skills, roles, incidents and people in either language', () => {
    expect(first('e7')).toMatchObject({ kind: 'unit', to: 'E7' });
    expect(first('station 3')).toMatchObject({ kind: 'station', to: 'Station 3' });
    expect(first('12号站')).toMatchObject({ kind: 'station', to: 'Station 12' });
    expect(first('所有消防')).toMatchObject({ kind: 'skill', to: 'fire' });
    expect(first('all fire')).toMatchObject({ kind: 'skill', to: 'fire' });
    expect(first('值班长')).toMatchObject({ kind: 'role', to: 'supervisor' });
    expect(first('#31')).toMatchObject({ kind: 'incident', to: '261125-0031' });
    expect(first('警情31')).toMatchObject({ kind: 'incident', to: '261125-0031' });
    expect(first('area mission street')).toMatchObject({ kind: 'area', to: 'mission street' });
    expect(first('所有单位')).toMatchObject({ kind: 'everyone' });
    expect(first('@desk 2')).toMatchObject({ kind: 'person', to: 'desk 2' });
    expect(addressed('nobody here', KNOWN)).toEqual([]);
  });
  it('parts a line into to whom and what', () => {
    expect(leading('E7 which hydrant', KNOWN)).toEqual({ recipient: { kind: 'unit', to: 'E7', label: 'E7' }, rest: 'which hydrant' });
    expect(leading('station 3 stand by', KNOWN)).toMatchObject({ recipient: { to: 'Station 3' }, rest: 'stand by' });
    expect(leading('所有消防 注意风向', KNOWN)).toMatchObject({ recipient: { kind: 'skill', to: 'fire' }, rest: '注意风向' });
    expect(leading('area "mission street" stay out', KNOWN)).toMatchObject({ recipient: { kind: 'area', to: 'mission street' }, rest: 'stay out' });
    expect(leading('所有消防风向转北', KNOWN)).toMatchObject({ recipient: { kind: 'skill', to: 'fire' }, rest: '风向转北' });
    expect(leading('值班长：请求增援', KNOWN)).toMatchObject({ recipient: { kind: 'role', to: 'supervisor' }, rest: '请求增援' });
    expect(leading('31 gas off', KNOWN)).toMatchObject({ recipient: { kind: 'incident', to: '261125-0031' }, rest: 'gas off' });
    expect(leading('@desk 2 relief?', KNOWN)).toMatchObject({ recipient: { kind: 'person', to: 'desk 2' }, rest: 'relief?' });
    expect(leading('@chief relief?', KNOWN)).toMatchObject({ recipient: { kind: 'person', to: 'chief' }, rest: 'relief?' });
    expect(leading('E77 hello', KNOWN)).toBeNull();
    expect(leading('E8 hello', KNOWN)).toBeNull();
  });
});

describe('threads', () => {
  it('come unread and urgent first, then newest', () => {
    const rows = [row('1', { read: ['role:dispatcher'] }), row('2'), row('3', { urgent: true }), row('4', { thread: '1', recipients: ['person:x'], sender: 'person:desk 1' })];
    expect(threads(rows, 0, 'desk 1', ['dispatcher']).map((one) => [one.id, one.unread, one.rows.length])).toEqual([['3', 1, 1], ['2', 1, 1], ['1', 0, 2]]);
    expect(unread(row('2'), 'desk 1', ['supervisor'])).toBe(false);
  });
  it('say how far each recipient got, and when an answer is late', () => {
    const asked = row('1', { recipients: ['unit:E7', 'unit:E9'], answer_by: 100, delivered: ['unit:E7', 'unit:E9'], read: ['unit:E7'], answered: ['unit:E7'] });
    expect([receipt(asked, 'unit:E7'), receipt(asked, 'unit:E9')]).toEqual(['answered', 'delivered']);
    expect([late(asked, 99), late(asked, 101)]).toEqual([false, true]);
  });
});
