// The queue's order, a line's kinds first, and the way through a question tree.
import { describe, expect, it } from 'vitest';
import { byLine, queued, radius, running, walked, type Answer, type ContactRow, type GivenAnswer, type Tree } from '../src/model/intake';

const answer = (code: string, next: string): Answer => ({ code, en: code, zh: code, next, priority: 0, kind: '', certain: false, tell: null });
const tree = (name: string, kind: string): Tree => ({
  tree: name, version: '1', kind, first: 'a', example: true,
  questions: { a: { en: 'a', zh: 'a', words: false, answers: [answer('x', 'b'), answer('y', 'end')] }, b: { en: 'b', zh: 'b', words: false, answers: [answer('z', 'end')] } },
});
const said = (question: string, code: string, of = 'fire'): GivenAnswer => ({ tree: of, version: '1', question, answer: code, at: 0, by: 'd' });
const contact = (id: string, state: ContactRow['state'], arrived_at: number): ContactRow =>
  ({ row: 'contact', id, channel: 'voice', line: '119', state, arrived_at, answered_at: 0, by: '', place: null, from_centre: '', their_number: '', how: '', tried: 0 });

describe('the way through a tree', () => {
  const fire = tree('fire', 'fire');
  it('is due at its first question, goes on with each answer, and ends', () => {
    expect(walked(fire, []).due).toBe('a');
    expect(walked(fire, [said('a', 'x')]).due).toBe('b');
    expect(walked(fire, [said('a', 'x'), said('b', 'z')])).toMatchObject({ due: 'end', steps: [{ question: 'a' }, { question: 'b' }] });
  });
  it('leaves answers off the way aside, and those of another tree or an older version', () => {
    expect(walked(fire, [said('a', 'y'), said('b', 'z')]).steps).toHaveLength(1);
    expect(walked(fire, [said('a', 'x', 'crash')]).due).toBe('a');
    expect(walked(fire, [said('a', 'gone')]).due).toBe('a');
  });
  it('stays with the tree that was begun until its end, then follows the kind', () => {
    const trees = [fire, tree('noise', 'noise')];
    const begun = { call: '1', protocol: 'fire@1', from_contact: true, answers: [said('a', 'x')] };
    expect(running(trees, begun, 'noise')?.tree).toBe('fire');
    expect(running(trees, { ...begun, answers: [said('a', 'y')] }, 'noise')?.tree).toBe('noise');
    expect(running(trees, { ...begun, protocol: '' }, 'noise')?.tree).toBe('noise');
    expect(running(trees, null, 'alarm')).toBeUndefined();
  });
});

describe('the queue', () => {
  it('has the longest waiting first, then who is spoken with, then who must be called back', () => {
    const rows = [contact('c', 'call_back', 1), contact('b', 'waiting', 9), contact('d', 'answered', 2), contact('a', 'waiting', 5)];
    expect(rows.sort(queued).map((row) => row.id)).toEqual(['a', 'b', 'd', 'c']);
  });
  it('puts the kinds of a line first and loses none', () => {
    const kinds = ['medical', 'fire', 'crash'].map((code) => ({ code }));
    expect(byLine(kinds, ['crash', 'dragon']).map((one) => one.code)).toEqual(['crash', 'medical', 'fire']);
  });
  it('draws a circle, and a wide one where nobody said how sure it is', () => {
    const at = { lon: 0, lat: 0, text: '', source: '' };
    expect(radius({ ...at, accuracy_m: 80 })).toBe(80);
    expect(radius({ ...at, accuracy_m: null })).toBe(1000);
    expect(radius({ ...at, accuracy_m: 0 })).toBe(5);
  });
});
