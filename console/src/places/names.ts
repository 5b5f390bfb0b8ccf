// How well each name of a city fits what was typed: the same alignment as at the house (engines/places/names.py), over an index of words that is made when the file is opened.
import type { Gazetteer } from './gazetteer';
import { isAlpha, isDecimal, ordinal, type Unit, type Words } from './words';

const CANDIDATES = 100;
const NOISE = 0.25;
export const EXACT = 0.97;
const TAIL = 5;
/** A mask of units is one whole number of the language; nobody types a longer address by thumb. */
const MOST_UNITS = 30;
const MOST_WORDS = 12;
const MOST_SLIPPED = 6;
const JOINED = 0.97;
const [PREFIX, PREFIX_LAST, INSIDE, EDIT] = [0.65, 0.8, 0.55, 0.9];

/** One word of a name, or two adjacent ones written together; without weight it is a word of the place's kind. */
interface Part { text: string; weight: number; bits: number }
export interface Name { kind: 'street' | 'place' | 'area'; ref: number; parts: Part[]; han: string; kindHan: string[]; total: number; spelled: string; prior: number }
/** `got` 0 to 1 for each unit, `mask` the units met, `cover` how much of the name was met, `met` the weight of the units met. */
export interface Match { name: Name; got: number[]; mask: number; cover: number; met: number }

const single = (bits: number): boolean => (bits & (bits - 1)) === 0;
const pairs = <One>(all: One[]): [One, One][] => all.slice(1).map((one, at) => [all[at] as One, one]);

/** Three rows of the table that slips are counted in; made once, since a letter typed asks for thousands. */
const [ROW_A, ROW_B, ROW_C] = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)];

/** How many slips of the fingers lie between a word and the first `length` letters of another, with neighbours swapped as one; `most` + 1 for more. */
export function slips(one: string, other: string, most: number, length = other.length): number {
  const far = most + 1;
  if (Math.abs(one.length - length) > most || one.length > 60 || length > 60) return far;
  let [before, last, next] = [ROW_A, ROW_B, ROW_C];
  for (let at = 0; at <= length; at++) last[at] = at;
  for (let row = 1; row <= one.length; row++) {
    const letter = one.charCodeAt(row - 1);
    let least = row;
    next[0] = row;
    for (let at = 1; at <= length; at++) {
      const sign = other.charCodeAt(at - 1);
      let value = Math.min((last[at] as number) + 1, (next[at - 1] as number) + 1, (last[at - 1] as number) + (letter === sign ? 0 : 1));
      if (row > 1 && at > 1 && letter === other.charCodeAt(at - 2) && one.charCodeAt(row - 2) === sign) value = Math.min(value, (before[at - 2] as number) + 1);
      next[at] = value;
      if (value < least) least = value;
    }
    if (least > most) return far;
    [before, last, next] = [last, next, before];
  }
  return Math.min(last[length] as number, far);
}

/** A text's units with what is worked out about them once; a bold one takes shorter words for slips. */
export class Query {
  readonly units: Unit[];
  readonly han: string;
  readonly hanAt: number[];
  readonly wordAt: number[];
  readonly last: number;
  readonly pairs: [number, number, string][];
  readonly telling: boolean;

  constructor(units: Unit[], readonly bold = false) {
    this.units = units.slice(0, MOST_UNITS);
    const every = this.units.map((unit, at) => ({ unit, at }));
    this.han = every.filter(({ unit }) => unit.kind === 'han').map(({ unit }) => unit.text).join('');
    this.hanAt = every.filter(({ unit }) => unit.kind === 'han').map(({ at }) => at);
    this.wordAt = every.filter(({ unit }) => unit.kind === 'word' || unit.kind === 'number').map(({ at }) => at).slice(0, MOST_WORDS);
    this.last = this.wordAt.at(-1) === this.units.length - 1 ? this.units.length - 1 : -1;
    this.pairs = pairs(this.wordAt).flatMap(([at, after]) => (after === at + 1 ? [[at, after, `${this.units[at]?.text}${this.units[after]?.text}`] as [number, number, string]] : []));
    this.telling = this.wordAt.some((at) => this.units[at]?.kind === 'word' && (this.units[at]?.weight ?? 0) > 0.5) || this.han !== '';
  }
}

export class NameIndex {
  readonly #names: Name[];
  readonly #words: Words;
  /** Every word of any name, with the names that have it. */
  readonly #with = new Map<string, number[]>();
  readonly #signs = new Map<string, number[]>();
  readonly #known = new Map<string, Map<string, number>>();

  constructor(all: Gazetteer, words: Words) {
    this.#words = words;
    this.#names = [...spellings(all, words)].sort((a, b) => b.prior - a.prior);
    const put = (into: Map<string, number[]>, key: string, row: number): void => {
      const rows = into.get(key);
      if (!rows) into.set(key, [row]);
      else if (rows.at(-1) !== row) rows.push(row);
    };
    this.#names.forEach((name, row) => {
      for (const part of name.parts) put(this.#with, part.text, row);
      for (const sign of new Set([name.han, ...name.kindHan].join(''))) put(this.#signs, sign, row);
    });
  }

  /** Every word of the city that a unit may be, and how far it is; kept for the next letter that is typed. */
  #fits(unit: Unit, last: boolean, bold: boolean, slipped: boolean): Map<string, number> {
    const key = `${unit.kind} ${unit.text} ${unit.raw} ${last} ${bold} ${slipped}`;
    let found = this.#known.get(key);
    if (found) return found;
    found = new Map();
    const judge = this.#judge(unit, last, bold, slipped);
    for (const word of this.#with.keys()) {
      const fit = judge(word);
      if (fit > 0) found.set(word, fit);
    }
    if (this.#known.size > 64) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  /** The names that share something with the query, each aligned with it. */
  match(query: Query): Match[] {
    const fits = query.units.map((unit, at) => (query.wordAt.includes(at) ? this.#fits(unit, at === query.last, query.bold, query.wordAt.indexOf(at) < MOST_SLIPPED) : null));
    const worth = new Map<number, number>();
    const add = (rows: number[] | undefined, value: number): void => rows?.forEach((row) => worth.set(row, (worth.get(row) ?? 0) + value));
    for (const at of query.wordAt) {
      const weight = query.units[at]?.weight ?? 0;
      if (query.telling && weight < 0.5) continue; // 'st' brings in half the city; it only tells apart what the other words brought
      fits[at]?.forEach((fit, word) => add(this.#with.get(word), fit * fit * weight));
    }
    for (const [, , joined] of query.pairs) add(this.#with.get(joined), 2);
    const telling = query.units.filter((unit) => unit.kind === 'han' && unit.weight > 0.25).map((unit) => unit.text);
    for (const sign of new Set(telling.length ? telling : query.han)) add(this.#signs.get(sign), 0.5);
    const near = [...worth].sort(([row, value], [other, less]) => less - value || row - other).slice(0, CANDIDATES * 2);
    const matches = near.map(([row]) => align(query, this.#names[row] as Name, fits)).filter((match) => match.mask);
    const least = Math.max(0, ...matches.map((match) => match.met)) * NOISE;
    return matches.filter((match) => match.met >= least);
  }

  /** How far a unit is any word: the same, its beginning, its usual short spelling, or a slip away; what holds for all words is worked out once. */
  #judge({ text: typed, kind, raw }: Unit, last: boolean, bold: boolean, slipped: boolean): (word: string) => number {
    if (kind === 'number') {
      const nth = isDecimal(typed) ? ordinal(Number(typed)) : '';
      return (word) => (word === typed ? 1 : word === nth ? EXACT : last && word.startsWith(typed) ? 0.7 : 0);
    }
    const [longer, alike] = [this.#words.shortOf(typed), this.#words.alike(typed)];
    const most = !slipped || typed.length < (bold ? 3 : 4) || !isAlpha(typed) ? 0 : typed.length < 8 ? 1 : 2;
    const [first, second] = [typed.charCodeAt(0), typed.charCodeAt(1)];
    // One slip leaves the first letter, or one of the first two beside it, where it was.
    const begins = (word: string): boolean => {
      const [one, two] = [word.charCodeAt(0), word.charCodeAt(1)];
      return one === first || two === second || two === first || one === second;
    };
    return (word) => {
      if (typed === word) return 1;
      if (longer.has(word)) return 0.9;
      if (alike.has(word)) return EXACT;
      if (last && raw !== typed && word.startsWith(raw)) return PREFIX_LAST + (0.15 * raw.length) / word.length;
      if (word.startsWith(typed)) return (last ? PREFIX_LAST : PREFIX) + (0.15 * typed.length) / word.length;
      const near = most > 0 && begins(word);
      const off = most > 1 || near ? slips(typed, word, most) : most + 1;
      if (most && off <= most) return 1 - (EDIT * off) / typed.length;
      if (typed.length >= TAIL && word.includes(typed)) return INSIDE + (0.15 * typed.length) / word.length;
      if (near && last && word.length > typed.length) {
        const begun = Math.min(slips(typed, word, 1, typed.length - 1), slips(typed, word, 1, typed.length), slips(typed, word, 1, typed.length + 1));
        if (begun <= 1) return PREFIX_LAST - (EDIT * begun) / typed.length;
      }
      return 0;
    };
  }
}

/** Gives each unit of the query the part of the name that it fits best, the surest pairs first. */
function align(query: Query, name: Name, fits: (Map<string, number> | null)[]): Match {
  const got = query.units.map(() => 0);
  let [covered, used, mask] = [0, 0, 0];
  for (const [at, after, text] of query.pairs) {
    for (const part of name.parts) {
      if (part.text !== text || used & part.bits || got[at] || got[after]) continue;
      got[at] = got[after] = JOINED;
      [used, mask, covered] = [used | part.bits, mask | (1 << at) | (1 << after), covered + part.weight];
    }
  }
  const found = query.wordAt.flatMap((at) => name.parts.flatMap((part) => {
    const fit = fits[at]?.get(part.text) ?? 0;
    return fit > 0 ? [{ fit, at, part }] : [];
  }));
  for (const { fit, at, part } of found.sort((a, b) => b.fit - a.fit || a.at - b.at)) {
    if (used & part.bits || got[at]) continue;
    got[at] = single(part.bits) ? fit : fit * JOINED;
    [used, mask, covered] = [used | part.bits, mask | (1 << at), covered + part.weight * fit];
  }
  if (query.han && (name.han || name.kindHan.length)) {
    for (const [place, fit, own] of hanMet(query.han, name)) {
      const at = query.hanAt[place] ?? 0;
      got[at] = fit;
      mask |= 1 << at;
      if (own) covered += (query.units[at]?.weight ?? 0) * fit;
    }
  }
  const met = got.reduce((sum, fit, at) => sum + fit * (query.units[at]?.weight ?? 0), 0);
  return { name, got, mask, cover: Math.min(1, covered / name.total), met };
}

/** The places in `typed` that the name meets, how well, and whether by its own signs or by those of its kind. */
function hanMet(typed: string, name: Name): [number, number, boolean][] {
  const met = new Map<number, number>();
  const start = name.han ? typed.indexOf(name.han) : -1;
  if (start >= 0) for (let at = start; at < start + name.han.length; at++) met.set(at, 1);
  else if (name.han.includes(typed)) for (let at = 0; at < typed.length; at++) met.set(at, 1);
  else if (name.han) for (const [at, size] of blocks(typed, name.han)) for (let place = at; place < at + size; place++) met.set(place, size > 1 ? 0.95 : 0.7);
  const found = [...met].map(([place, fit]): [number, number, boolean] => [place, fit, true]);
  for (const word of name.kindHan) {
    const at = typed.indexOf(word);
    if (at >= 0) for (let place = at; place < at + word.length; place++) if (!met.has(place)) found.push([place, 1, false]);
  }
  return found;
}

/** The stretches of `one` that lie in `other` in the same order, as (begin, length), by the longest common row of signs. */
function blocks(one: string, other: string): [number, number][] {
  const width = other.length + 1;
  const best = new Int16Array((one.length + 1) * width);
  for (let row = one.length - 1; row >= 0; row--) {
    for (let at = other.length - 1; at >= 0; at--) {
      best[row * width + at] = one[row] === other[at] ? (best[(row + 1) * width + at + 1] ?? 0) + 1 : Math.max(best[(row + 1) * width + at] ?? 0, best[row * width + at + 1] ?? 0);
    }
  }
  const found: [number, number][] = [];
  let [row, at, joins] = [0, 0, false];
  while (row < one.length && at < other.length) {
    const last = found.at(-1);
    if (one[row] === other[at]) {
      if (joins && last) last[1]++;
      else found.push([row, 1]);
      [row, at, joins] = [row + 1, at + 1, true];
    } else if ((best[(row + 1) * width + at] ?? 0) >= (best[row * width + at + 1] ?? 0)) [row, joins] = [row + 1, false];
    else [at, joins] = [at + 1, false];
  }
  return found;
}

/** Every spelling of everything named; a bigger street stands before a smaller one that fits as well. */
function* spellings(all: Gazetteer, words: Words): Generator<Name> {
  const size = (row: number): number => (all.number_at[row + 1] ?? 0) - (all.number_at[row] ?? 0);
  const biggest = all.streets.reduce((most, _, row) => Math.max(most, size(row)), 0) + 1;
  for (const [ref, street] of all.streets.entries()) {
    const prior = 0.5 + (0.5 * size(ref)) / biggest;
    for (const text of new Set([street.name, street.zh, street.en])) if (text) yield named(words, 'street', ref, text, prior, '');
    if (street.sound) yield sounded('street', ref, street.sound, prior);
  }
  for (const [ref, spot] of all.spots.entries()) {
    const what = spot.what ? `${spot.what.replaceAll('_', ' ')} ${Object.hasOwn(all.what, spot.what) ? all.what[spot.what] : ''}` : '';
    for (const text of new Set([spot.name, spot.zh, spot.en])) if (text) yield named(words, spot.kind, ref, text, 0.4, what);
    if (spot.sound) yield sounded(spot.kind, ref, spot.sound, 0.4);
  }
}

function named(words: Words, kind: Name['kind'], ref: number, text: string, prior: number, what: string): Name {
  const found = words.units(text).slice(0, 24);
  const own = found.filter((unit) => unit.kind === 'word' || unit.kind === 'number').map((unit, at): Part => ({ text: unit.text, weight: unit.weight, bits: 1 << at }));
  const parts = [...own, ...pairs(own).flatMap(([left, right]) => (isAlpha(left.text) && isAlpha(right.text) && left.weight + right.weight > 1
    ? [{ text: left.text + right.text, weight: left.weight + right.weight, bits: left.bits | right.bits }] : []))];
  const kinds = [...new Set(words.units(what).filter((unit) => unit.kind === 'word').map((unit) => unit.text))];
  return {
    kind, ref, parts: [...parts, ...kinds.slice(0, 6).map((word, at): Part => ({ text: word, weight: 0, bits: 1 << (24 + at) }))], prior,
    han: found.filter((unit) => unit.kind === 'han').map((unit) => unit.text).join(''), kindHan: what.split(/\s+/).filter((word) => /[^ -~]/.test(word)),
    total: found.reduce((sum, unit) => sum + unit.weight, 0) || 1, spelled: found.map((unit) => unit.text).join(' '),
  };
}

/** A Han name as it is typed in pinyin: its syllables apart, all together, or their first letters. */
function sounded(kind: Name['kind'], ref: number, sound: string, prior: number): Name {
  const syllables = sound.split(' ');
  const every = 2 ** syllables.length - 1;
  const parts = syllables.map((text, at): Part => ({ text, weight: 1, bits: 1 << at }));
  const all = [...parts, ...pairs(parts).map(([left, right]): Part => ({ text: left.text + right.text, weight: 2, bits: left.bits | right.bits }))];
  if (syllables.length > 1) all.push({ text: syllables.map((one) => one[0]).join(''), weight: syllables.length, bits: every });
  if (syllables.length > 2) all.push({ text: syllables.join(''), weight: syllables.length, bits: every });
  return { kind, ref, parts: all, han: '', kindHan: [], total: syllables.length, spelled: syllables.join(' '), prior };
}
