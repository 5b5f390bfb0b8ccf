// The handbook's pages: read as plain text whatever is in them, found by their words in both languages, and one for a kind of incident.
import { expect, test } from 'vitest';
import { blocks, pageOf, runs, searched, type HandbookPage } from '../src/model/handbook';

const page = (code: string, title: [string, string], text: [string, string], kinds: string[] = [], written = true): HandbookPage =>
  ({ code, title: { en: title[0], zh: title[1] }, text: { en: text[0], zh: text[1] }, kinds, written, sample: false, version: '1' });
const pages = [
  page('kind-fire', ['Building fire', '建筑火灾'], ['Usual priority', '通常优先级'], ['fire'], false),
  page('fire', ['Fire: the first minutes', '火灾最初几分钟'], ['Leave room for the ladder', '为云梯车留出位置'], ['fire']),
  page('gas', ['Gas leak', '燃气泄漏'], ['Stop upwind of the Töölö ladder', '停在上风向'], ['hazard']),
];
const codes = (found: HandbookPage[]): string[] => found.map(({ code }) => code);

test('heads, paragraphs, lists and steps; a blank line ends what was begun', () => {
  expect(blocks('# A\none\ntwo\n\n- x\n- **y** z\n1. go\n## B').map((block) => [block.is, 'runs' in block ? block.runs.map(({ text }) => text).join('') : block.items.length])).toEqual([
    ['heading', 'A'], ['paragraph', 'one two'], ['list', 2], ['steps', 1], ['smaller', 'B'],
  ]);
});

test('what looks like HTML is text', () => {
  expect(blocks('<img src=x onerror=alert(1)>')).toEqual([{ is: 'paragraph', runs: [{ text: '<img src=x onerror=alert(1)>', strong: false }] }]);
  expect(runs('a **b** c')).toEqual([{ text: 'a ', strong: false }, { text: 'b', strong: true }, { text: ' c', strong: false }]);
  expect(runs('a ** b')).toEqual([{ text: 'a ** b', strong: false }]);
});

test('every word typed must be there, its beginning is enough, a title counts for more', () => {
  expect(codes(searched(pages, 'ladder', 'en'))).toEqual(['fire', 'gas']);
  expect(codes(searched(pages, 'toolo ladd', 'en'))).toEqual(['gas']);
  expect(codes(searched(pages, 'adder', 'en'))).toEqual([]);
  expect(codes(searched(pages, 'FIRE', 'en'))).toEqual(['fire', 'kind-fire']);
  expect(codes(searched(pages, '云梯', 'zh'))).toEqual(['fire']);
  expect(codes(searched(pages, '火灾 gas', 'zh'))).toEqual([]);
  expect(codes(searched(pages, '  ', 'zh'))).toEqual(codes(pages));
});

test('what the city wrote for a kind comes before what its tables say', () => {
  expect(pageOf(pages, 'fire')?.code).toBe('fire');
  expect(pageOf(pages.slice(0, 1), 'fire')?.code).toBe('kind-fire');
  expect(pageOf(pages, 'noise')).toBeUndefined();
});
