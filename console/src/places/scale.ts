// How well one reading of a text (a name, a number on a street, two streets that cross) accounts for all that was typed; the house's own weighing (engines/places/score.py).
import { EXACT, type Match, type Query } from './names';
import { isDecimal, type Unit, type Words } from './words';

const [SIZE_GAIN, SAME_GAIN] = [0.01, 0.03];
export const NEAR_GAIN = 0.02;
const ROOM = 1 - SIZE_GAIN - SAME_GAIN - NEAR_GAIN;
const [ASIDE, COVER, WHOLE, WHOLE_SHARE, UNJOINED] = [0.2, 0.3, 0.45, 0.275, 0.93];
export const STREETS = 16;
const WORTH = 0.3;

export interface NumberReading { text: string; partial: boolean; fit: number }
export interface CrossingReading { one: number; other: number; fit: number }
/** Whether two streets cross. */
export type Cross = (one: number, other: number) => boolean;

export class Scale {
  readonly #query: Query;
  readonly #words: Words;
  readonly #joins: number;
  readonly #telling: number;
  readonly #tails: number;
  #aside: number;

  constructor(query: Query, matches: Match[], words: Words) {
    this.#query = query;
    this.#words = words;
    const mask = (which: (unit: Unit) => boolean): number => query.units.reduce((sum, unit, at) => sum | (which(unit) ? 1 << at : 0), 0);
    this.#joins = mask((unit) => words.isJoin(unit));
    this.#telling = mask((unit) => unit.weight > 0.25);
    this.#tails = mask((unit) => words.isTail(unit));
    this.#aside = mask((unit) => unit.after);
    for (const match of matches) if (match.name.kind === 'area' && match.cover >= EXACT) this.#aside |= match.mask;
  }

  ofName = (match: Match): number => this.#fit(match, 0);

  /** The readings that one unit, which the street's name does not need, is a house number on it. */
  *numbers(match: Match): Generator<NumberReading> {
    const { units } = this.#query;
    const sides = this.#split(this.#joins & ~match.mask);
    for (const [at, unit] of units.entries()) {
      if (unit.kind !== 'number' || (match.mask >> at) & 1 || !(this.#told(match) & (sides[at] ?? 0))) continue;
      let [text, free, end] = [unit.text, 1 << at, at + 1];
      const letter = end < units.length && !((match.mask >> end) & 1) ? units[end] : undefined;
      if (letter?.kind === 'word' && letter.text.length === 1 && isDecimal(text)) [text, free, end] = [text + letter.text, free | (1 << end), end + 1];
      const mark = units[end];
      if (mark && this.#words.isNumberMark(mark)) free |= 1 << end;
      const fit = this.#fit(match, free, match.mask < 1 << at ? ~((1 << end) - 1) : 0);
      if (fit >= WORTH) yield { text, partial: at === units.length - 1, fit };
    }
  }

  /** What stands before and behind the one join of the text. */
  halves(): [Unit[], Unit[]] | null {
    const { units } = this.#query;
    const joins = units.flatMap((_, at) => ((this.#joins >> at) & 1 ? [at] : []));
    const [at = 0] = joins;
    return joins.length === 1 && at > 0 && at < units.length - 1 ? [units.slice(0, at), units.slice(at + 1)] : null;
  }

  /** The readings that different words name two streets which do cross. */
  *crossings(matches: Match[], cross: Cross): Generator<CrossingReading> {
    const streets = matches.filter((match) => match.name.kind === 'street' && match.mask & this.#telling & ~this.#aside)
      .sort((a, b) => b.met * (1 - COVER + COVER * b.cover) - a.met * (1 - COVER + COVER * a.cover)).slice(0, STREETS);
    for (const [at, one] of streets.entries()) {
      for (const other of streets.slice(at + 1)) {
        if (one.mask & other.mask & this.#telling || !cross(one.name.ref, other.name.ref)) continue;
        const got = one.got.map((fit, place) => Math.max(fit, other.got[place] ?? 0));
        const both: Match = { name: one.name, got, mask: one.mask | other.mask, cover: (one.cover + other.cover) / 2, met: one.met + other.met };
        const fit = this.#fit(both, this.#joins | this.#tails, 0, false) * (this.#joins ? 1 : UNJOINED);
        const [first, second] = (one.mask & -one.mask) < (other.mask & -other.mask) ? [one, other] : [other, one];
        yield { one: first.name.ref, other: second.name.ref, fit };
      }
    }
  }

  #fit(match: Match, free: number, aside = 0, whole = true): number {
    let [met, asked] = [0, 0];
    const same: string[] = [];
    const beside = aside | this.#aside;
    for (const [at, unit] of this.#query.units.entries()) {
      const got = (match.mask >> at) & 1;
      if ((free >> at) & 1 && !got) continue;
      same.push(unit.text);
      if (got) [met, asked] = [met + unit.weight * (match.got[at] ?? 0), asked + unit.weight];
      else asked += unit.weight * ((beside >> at) & 1 ? ASIDE : 1);
    }
    const share = asked ? met / asked : 0;
    const fit = share * (1 - COVER + COVER * match.cover);
    const best = whole && match.cover >= EXACT ? Math.max(fit, WHOLE + WHOLE_SHARE * share) : fit;
    return best * ROOM + SIZE_GAIN * match.name.prior + (same.join(' ') === match.name.spelled ? SAME_GAIN : 0);
  }

  /** For each unit, all units on its side of these joins: in `mission & 18` the 18 is not a house on Mission. */
  #split(joins: number): number[] {
    const { units } = this.#query;
    let side = 0;
    const sides = units.map((unit, at) => {
      const numbers = at > 0 && units[at - 1]?.kind === 'number' && units[at + 1]?.kind === 'number';
      if ((joins >> at) & 1 && !(unit.text === '/' && numbers)) side++;
      return side;
    });
    return sides.map((side) => sides.reduce((sum, other, at) => sum | (other === side ? 1 << at : 0), 0));
  }

  #told = (match: Match): number => (match.mask & this.#telling ? match.mask & this.#telling : match.mask);
}

/** The readings of a text with a join: a street from each side, each weighed by its own side alone. */
export function* joined(scales: [Scale, Scale], found: [Match[], Match[]], weights: [number, number], cross: Cross): Generator<CrossingReading> {
  const best = found.map((matches, side) => {
    const of = new Map<number, number>();
    for (const match of matches) if (match.name.kind === 'street') of.set(match.name.ref, Math.max(of.get(match.name.ref) ?? 0, scales[side]?.ofName(match) ?? 0));
    return [...of].sort(([, fit], [, other]) => other - fit).slice(0, STREETS);
  });
  for (const [one, fit] of best[0] ?? []) {
    for (const [other, too] of best[1] ?? []) {
      if (one !== other && cross(one, other)) yield { one, other, fit: (weights[0] * fit + weights[1] * too) / (weights[0] + weights[1]) };
    }
  }
}
