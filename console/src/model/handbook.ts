// Pages of the handbook as the house gives them; read as plain text with a few marks, never as HTML; and found by the words in them.
import type { Words } from './contract';

export interface HandbookPage {
  code: string; title: Words; kinds: string[];
  /** Written by the city; else put together from its own tables. */
  written: boolean; sample: boolean; version: string; text: Words;
}
/** `pages` is empty where the asker has this digest already. */
export interface HandbookView { digest: string; same: boolean; pages: HandbookPage[] }

export interface Run { text: string; strong: boolean }
interface Prose { is: 'heading' | 'smaller' | 'paragraph'; runs: Run[] }
interface Items { is: 'list' | 'steps'; items: Run[][] }
export type Block = Prose | Items;

/** `**strong**` and nothing else; whatever looks like HTML is text like any other. */
export const runs = (line: string): Run[] => line.split(/\*\*(.+?)\*\*/).map((text, at) => ({ text, strong: at % 2 === 1 })).filter(({ text }) => text);

/** A page in blocks: `#` and `##` head, `-` and `1.` begin lines of a list, an empty line ends a paragraph. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const head = /^(#{1,2}) (.*)$/.exec(line);
    const item = /^(?:(-)|\d{1,2}\.) (.*)$/.exec(line);
    const last = found.at(-1);
    if (!line) open = false;
    else if (head) {
      found.push({ is: head[1] === '#' ? 'heading' : 'smaller', runs: runs(head[2] ?? '') });
      open = false;
    } else if (item) {
      const is = item[1] ? 'list' : 'steps';
      if (open && last?.is === is) last.items.push(runs(item[2] ?? ''));
      else found.push({ is, items: [runs(item[2] ?? '')] });
      open = true;
    } else if (open && last?.is === 'paragraph') last.runs.push(...runs(` ${line}`));
    else {
      found.push({ is: 'paragraph', runs: runs(line) });
      open = true;
    }
  }
  return found;
}

const folded = (text: string): string => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
const HAN = /[\u3400-\u9fff]+/gu;
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** The pages that have every word typed (or its beginning; of Chinese every stretch of signs), those with it in their title first. */
export function searched(pages: HandbookPage[], typed: string, tongue: 'en' | 'zh'): HandbookPage[] {
  const asked = folded(typed);
  const signs = asked.match(HAN) ?? [];
  const words = wordsOf(asked.replace(HAN, ' '));
  if (!signs.length && !words.length) return [...pages];
  const worth = (page: HandbookPage): number => {
    const titles = folded(`${page.title.en} ${page.title.zh}`);
    const all = folded(`${titles} ${page.text.en} ${page.text.zh}`);
    const [inTitle, inAll] = [wordsOf(titles), wordsOf(all)];
    const at = [...signs.map((one) => (titles.includes(one) ? 3 : all.includes(one) ? 1 : 0)), ...words.map((one) => (inTitle.some((word) => word.startsWith(one)) ? 3 : inAll.some((word) => word.startsWith(one)) ? 1 : 0))];
    return at.includes(0) ? 0 : at.reduce<number>((sum, one) => sum + one, 0);
  };
  return pages.map((page) => ({ page, value: worth(page) })).filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || Number(b.page.written) - Number(a.page.written) || a.page.title[tongue].localeCompare(b.page.title[tongue])).map(({ page }) => page);
}

/** The page that belongs to a kind of incident: what the city wrote for it before what its tables say. */
export const pageOf = (pages: HandbookPage[], kind: string): HandbookPage | undefined =>
  pages.find((page) => page.written && page.kinds.includes(kind)) ?? pages.find((page) => page.kinds.includes(kind));
