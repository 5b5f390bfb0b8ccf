// Text as people type it, folded and cut by the house's own rules (engines/places/words.py): the words come with the file, the cutting is tested on the same examples.
import type { WordTables } from './gazetteer';

/** One piece of a text in its canonical spelling and as it was typed; `weight` is how much it tells, `after` that a comma stood before it. */
export interface Unit { text: string; kind: 'word' | 'number' | 'han' | 'join'; weight: number; raw: string; after: boolean }

const HAN = '\\u3007\\u3005\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const LETTER = `(?![${HAN}])[\\p{L}\\p{N}]`;
const BARE = `(?![${HAN}])(?!\\p{Nd})[\\p{L}\\p{N}]`;
const UNIT = new RegExp(`(?<han>[${HAN}])|(?<number>[0-9]{1,9}(?:-[0-9]{1,9})?[a-z]?(?!${LETTER}))|(?<word>(?:${BARE}){3,}(?=[0-9])|(?:${LETTER})+)|(?<join>[&@/+,])`, 'gu');
const ORDINAL = /^0*([0-9]+)(?:st|nd|rd|th)$/;
const DOOR = /^([0-9]{1,9}[a-z]{1,3})[0-9]{0,4}$/;
const HAN_NUMBER = /(?<=[路街道巷弄里段])([〇零一二三四五六七八九十百千两]{1,7})(?=[号號])/gu;

export const isDecimal = (text: string): boolean => /^[0-9]+$/.test(text);
export const isAlpha = (text: string): boolean => /^\p{L}+$/u.test(text);

/** `18` as it stands in a street's name: `18th`. */
export function ordinal(value: number): string {
  const tail = value % 100 >= 10 && value % 100 <= 20 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' } as Record<number, string>)[value % 10] ?? 'th';
  return `${value}${tail}`;
}

export class Words {
  readonly #tables: WordTables;
  readonly #short: Map<string, string>;
  readonly #light: Set<string>;
  readonly #joins: Set<string>;

  constructor(tables: WordTables) {
    this.#tables = tables;
    this.#short = new Map(Object.entries(tables.long_forms).flatMap(([short, longs]) => longs.map((long) => [long, short] as const)));
    this.#light = new Set(tables.light);
    this.#joins = new Set(tables.joins);
  }

  /** One width, one case, no accents. */
  fold(text: string): string {
    const plain = (some: string): string => Array.from(some, (sign) => this.#tables.plain[sign] ?? sign).join('');
    // eslint-disable-next-line no-control-regex -- what is ASCII needs no folding of widths and accents
    if (/^[\x00-\x7f]*$/.test(text)) return plain(text.toLowerCase());
    const bare = text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').normalize('NFC');
    return plain(bare).replace(HAN_NUMBER, (digits) => String(this.#value(digits)));
  }

  /** A number written in Han digits, by place (二〇五) or by scale (二百零五). */
  #value(digits: string): number {
    const { scales, digits: ones } = this.#tables;
    if (![...digits].some((one) => one in scales)) return Number([...digits].map((one) => ones[one]).join(''));
    let [total, digit] = [0, 0];
    for (const sign of digits) {
      const scale = scales[sign];
      if (scale === undefined) digit = ones[sign] ?? 0;
      else [total, digit] = [total + (digit || 1) * scale, 0];
    }
    return total + digit;
  }

  /** A folded word in the one spelling that names and queries share. */
  canonical(word: string): string {
    const found = ORDINAL.exec(word);
    if (found) return ordinal(Number(found[1]?.slice(0, 9)));
    const nth = this.#ordinal(word);
    return nth === undefined ? this.#short.get(word) ?? word : ordinal(nth);
  }

  #ordinal = (word: string): number | undefined => (Object.hasOwn(this.#tables.ordinals, word) ? this.#tables.ordinals[word] : undefined);
  /** The short forms that a word half typed may be the beginning of: `aven` of avenue, which stands as `ave`. */
  shortOf = (typed: string): Set<string> => new Set(typed.length > 1 ? Object.entries(this.#tables.long_forms).filter(([, longs]) => longs.some((long) => long.startsWith(typed))).map(([short]) => short) : []);
  /** The words that are usually written for this one, or for which it is (`st` of saint). */
  alike = (word: string): Set<string> => new Set(this.#tables.same.flatMap(([long, short]) => (long === word ? [short] : short === word ? [long] : [])));
  isJoin = (unit: Unit): boolean => unit.kind === 'join' || this.#joins.has(unit.text);
  isNumberMark = (unit: Unit): boolean => this.#tables.number_marks.includes(unit.text);
  isTail = (unit: Unit): boolean => this.#tables.crossing_tail.includes(unit.text);

  units(text: string): Unit[] {
    const found: Unit[] = [];
    let after = false;
    for (const piece of this.fold(text).matchAll(UNIT)) {
      const { han, number, join } = piece.groups ?? {};
      const raw = piece[0];
      const last = found.at(-1);
      const tens = last && Object.hasOwn(this.#tables.tens, last.text) ? this.#tables.tens[last.text] ?? 0 : 0;
      const door = DOOR.exec(raw);
      const put = (kind: Unit['kind'], unit: string, weight: number): unknown => found.push({ text: unit, kind, weight, raw, after });
      if (raw === ',') after = found.length > 0;
      else if (han) put('han', raw, this.#tables.road_ends.includes(raw) || this.#tables.number_marks.includes(raw) ? 0.2 : 0.5);
      else if (join) put('join', raw, 0);
      else if (number) put('number', raw, 1);
      else if (tens && (this.#ordinal(raw) ?? 10) < 10) found[found.length - 1] = { text: ordinal(tens + (this.#ordinal(raw) ?? 0)), kind: 'word', weight: 1, raw, after };
      else if (door && !ORDINAL.test(raw)) put('number', door[1] ?? raw, 1);
      else {
        const word = this.canonical(raw);
        put('word', word, this.#light.has(word) ? 0.25 : 1);
      }
    }
    return found;
  }
}
