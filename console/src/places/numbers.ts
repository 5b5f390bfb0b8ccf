// House numbers on one street, as the house looks them up (engines/places/numbers.py): the one asked for, one between its neighbours, or the nearest.
import { DEGREE, metres, type Gazetteer } from './gazetteer';
import type { Words } from './words';

export const BUILDING_M = 15;
const [CLOSE_M, FAR_M, COMPLETIONS] = [120, 500, 3];

export interface Found { number: string; lon: number; lat: number; accuracy_m: number; fit: number; exact: boolean; interpolated: boolean }

export class Numbers {
  constructor(readonly all: Gazetteer, readonly words: Words) {}

  /** What the number `text` may mean on a street, best first; `partial` adds numbers that only begin with it. */
  find(street: number, text: string, partial: boolean): Found[] {
    const parts = /^([0-9]{1,9})(.*)$/.exec(text);
    if (!parts) return [];
    const value = Number(parts[1]);
    const rows = Array.from({ length: (this.all.number_at[street + 1] ?? 0) - (this.all.number_at[street] ?? 0) }, (_, at) => (this.all.number_at[street] ?? 0) + at);
    const equal = rows.filter((row) => this.#value(row) === value);
    const found = equal.length ? this.#exact(equal, text) : [this.#between(rows, value, CLOSE_M) ?? this.#between(rows, value, FAR_M) ?? this.#nearest(rows, value)].filter((one) => one !== null);
    return partial && !parts[2] ? [...found, ...this.#longer(rows, value)] : found;
  }

  #value = (row: number): number => this.all.number_value[row] ?? 0;
  #text(row: number): string {
    const ending = this.all.endings[this.all.number_ending[row] ?? 0] ?? '';
    return ending.startsWith('=') ? ending.slice(1) : `${this.#value(row)}${ending}`;
  }
  #row(row: number, fit: number, exact = true): Found {
    return { number: this.#text(row), lon: (this.all.number_lon[row] ?? 0) / DEGREE, lat: (this.all.number_lat[row] ?? 0) / DEGREE, accuracy_m: BUILDING_M, fit, exact, interpolated: false };
  }

  /** Rows of this value: the very text first; else the building without its letter, and its lettered doors after it. */
  #exact(rows: number[], text: string): Found[] {
    const same = rows.filter((row) => this.words.fold(this.#text(row)).replaceAll(' ', '').replace(/[号號]+$/, '') === text);
    return same.length ? same.slice(0, COMPLETIONS).map((row) => this.#row(row, 1)) : rows.slice(0, COMPLETIONS).map((row) => this.#row(row, 0.97, false));
  }

  /** A few numbers that begin with these digits, while they are still being typed. */
  #longer(rows: number[], value: number): Found[] {
    const begun = rows.filter((row) => this.#value(row) > value && String(this.#value(row)).length <= String(value).length + 3 && String(this.#value(row)).startsWith(String(value)));
    return begun.slice(0, COMPLETIONS).map((row) => this.#row(row, 0.9));
  }

  /** The point between the nearest numbers below and above on the same side of the street, if they are close. */
  #between(rows: number[], value: number, apart_most_m: number): Found | null {
    const side = rows.filter((row) => this.#value(row) % 2 === value % 2);
    const place = side.findIndex((row) => this.#value(row) >= value);
    const [low, high] = [side[place - 1], side[place]];
    if (place < 1 || low === undefined || high === undefined) return null;
    const [under, over] = [this.#row(low, 0), this.#row(high, 0)];
    const apart_m = metres(under.lon, under.lat, over.lon, over.lat);
    if (apart_m > apart_most_m) return null;
    const share = (value - this.#value(low)) / (this.#value(high) - this.#value(low));
    return { ...under, number: String(value), lon: under.lon + share * (over.lon - under.lon), lat: under.lat + share * (over.lat - under.lat), accuracy_m: Math.max(BUILDING_M, apart_m / 2), fit: 0.93, exact: false, interpolated: true };
  }

  /** The number that exists nearest to a missing one, its own side of the street first. */
  #nearest(rows: number[], value: number): Found | null {
    const off = (row: number): number => Math.abs(this.#value(row) - value) + (this.#value(row) % 2 === value % 2 ? 0 : 1);
    const best = rows.reduce((near, row) => (near < 0 || off(row) < off(near) ? row : near), -1);
    return best < 0 ? null : { ...this.#row(best, off(best) <= 20 ? 0.85 : 0.7, false), accuracy_m: FAR_M };
  }
}

