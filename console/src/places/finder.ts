// What a typed text may mean in this city, with no network: the house's address search (engines/places/search.py) over the file that lies on the phone.
import { coordinates } from './coordinates';
import { DEGREE, metres, type Gazetteer } from './gazetteer';
import { EXACT, NameIndex, Query, type Match } from './names';
import { BUILDING_M, Numbers, type Found } from './numbers';
import { joined, NEAR_GAIN, Scale, type CrossingReading } from './scale';
import { Words } from './words';

export interface Hit {
  kind: 'number' | 'street' | 'crossing' | 'place' | 'area' | 'coordinate';
  label: string; label_zh: string | null; lon: number; lat: number; accuracy_m: number; score: number; exact: boolean; interpolated: boolean; dist_m: number | null;
}
interface Idea { score: number; kind: Hit['kind']; refs: number[]; lon: number; lat: number; number: Found | null; exact: boolean }

export const MOST_TEXT = 80;
const [NUMBERED, NUMBERLESS, POOR, SHORT, NOISE, NEAR_M, SAME_M] = [12, 0.75, 0.6, 8, 0.5, 3_000, 60];
const [PLACE_M, AREA_M] = [50, 1_000];
const isHan = (text: string): boolean => /[\u3400-\u9fff]/.test(text);
const zhOf = (name: string, zh: string | null): string | null => zh ?? (isHan(name) ? name : null);

export class Finder {
  readonly #all: Gazetteer;
  readonly #words: Words;
  readonly #names: NameIndex;
  readonly #numbers: Numbers;
  readonly #meets = new Map<number, [number, number][]>();

  constructor(all: Gazetteer) {
    this.#all = all;
    this.#words = new Words(all.words);
    this.#names = new NameIndex(all, this.#words);
    this.#numbers = new Numbers(all, this.#words);
    all.cross_a.forEach((one, row) => {
      const key = this.#pair(one, all.cross_b[row] ?? 0);
      this.#meets.set(key, [...(this.#meets.get(key) ?? []), [(all.cross_lon[row] ?? 0) / DEGREE, (all.cross_lat[row] ?? 0) / DEGREE]]);
    });
  }

  /** The places that a text may mean, best first; `near` (lon, lat) decides between equals and is what distances are from. */
  search(text: string, limit: number, near: [number, number] | null): Hit[] {
    const point = coordinates(text);
    if (point) return [coordinate(...point, near)];
    const units = this.#words.units(text.slice(0, MOST_TEXT));
    let ideas = this.#ideas(new Query(units));
    if (units.length <= SHORT && Math.max(0, ...ideas.map(({ score }) => score)) < POOR) ideas = [...ideas, ...this.#ideas(new Query(units, true))];
    if (near) ideas = ideas.map((idea) => ({ ...idea, score: idea.score + NEAR_GAIN * Math.exp(-metres(...near, idea.lon, idea.lat) / NEAR_M) }));
    const before = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
    ideas.sort((a, b) => b.score - a.score || before(a.kind, b.kind) || (a.refs[0] ?? 0) - (b.refs[0] ?? 0) || before(a.number?.number ?? '', b.number?.number ?? '') || a.lon - b.lon);
    const least = (ideas[0]?.score ?? 0) * NOISE;
    const hits: Hit[] = [];
    for (const idea of ideas) {
      if (idea.score < least || hits.length === limit) break;
      const hit = this.#hit(idea, near);
      if (!hits.some((one) => one.kind === hit.kind && one.label === hit.label && metres(one.lon, one.lat, hit.lon, hit.lat) <= SAME_M)) hits.push(hit);
    }
    return hits;
  }

  #pair = (one: number, other: number): number => Math.min(one, other) * this.#all.streets.length + Math.max(one, other);
  #cross = (one: number, other: number): boolean => this.#meets.has(this.#pair(one, other));

  #ideas(query: Query): Idea[] {
    const matches = this.#names.match(query);
    const scale = new Scale(query, matches, this.#words);
    return [...this.#named(scale, matches), ...this.#crossed(query, scale, matches)];
  }

  #named(scale: Scale, matches: Match[]): Idea[] {
    const ideas: Idea[] = [];
    const readings: { fit: number; ref: number; text: string; partial: boolean }[] = [];
    for (const match of matches) {
      const { kind, ref } = match.name;
      const at = kind === 'street' ? this.#all.streets[ref] : this.#all.spots[ref];
      if (at && at.lon !== null && at.lat !== null) ideas.push({ score: scale.ofName(match), kind, refs: [ref], lon: at.lon, lat: at.lat, number: null, exact: match.cover >= EXACT });
      if (kind === 'street') for (const one of scale.numbers(match)) readings.push({ ...one, ref });
    }
    for (const { fit, ref, text, partial } of readings.sort((a, b) => b.fit - a.fit).slice(0, NUMBERED)) {
      const found = this.#numbers.find(ref, text, partial);
      for (const one of found) ideas.push({ score: fit * one.fit, kind: 'number', refs: [ref], lon: one.lon, lat: one.lat, number: one, exact: one.exact });
      const street = this.#all.streets[ref];
      if (!found.length && street && street.lon !== null && street.lat !== null) ideas.push({ score: fit * NUMBERLESS, kind: 'street', refs: [ref], lon: street.lon, lat: street.lat, number: null, exact: false });
    }
    return ideas;
  }

  #crossed(query: Query, scale: Scale, matches: Match[]): Idea[] {
    const readings: CrossingReading[] = [...scale.crossings(matches, this.#cross)];
    const halves = scale.halves();
    if (halves) {
      const sides = halves.map((half) => new Query(half, query.bold)) as [Query, Query];
      const found = sides.map((side) => this.#names.match(side)) as [Match[], Match[]];
      const scales = sides.map((side, at) => new Scale(side, found[at] ?? [], this.#words)) as [Scale, Scale];
      readings.push(...joined(scales, found, halves.map((half) => half.reduce((sum, unit) => sum + unit.weight, 0)) as [number, number], this.#cross));
    }
    return readings.flatMap(({ one, other, fit }) => (this.#meets.get(this.#pair(one, other)) ?? []).map(([lon, lat]): Idea =>
      ({ score: fit, kind: 'crossing', refs: [one, other], lon, lat, number: null, exact: true })));
  }

  #hit({ kind, refs, lon, lat, number, exact, score }: Idea, near: [number, number] | null): Hit {
    const found = { kind, lon, lat, exact, interpolated: number?.interpolated ?? false, score: Math.min(1, score), dist_m: near && metres(...near, lon, lat) };
    const [ref = 0, across = 0] = refs;
    if (kind === 'place' || kind === 'area') {
      const spot = this.#all.spots[ref];
      return { ...found, label: spot?.name ?? '', label_zh: zhOf(spot?.name ?? '', spot?.zh ?? null), accuracy_m: kind === 'area' ? AREA_M : PLACE_M };
    }
    const [street, other] = [this.#all.streets[ref], this.#all.streets[across]];
    const [name, zh] = [street?.name ?? '', zhOf(street?.name ?? '', street?.zh ?? null)];
    let [label, label_zh, accuracy_m] = [name, zh, street?.half_m ?? 0];
    if (kind === 'crossing') {
      const zhOther = zhOf(other?.name ?? '', other?.zh ?? null);
      [label, label_zh, accuracy_m] = [`${name} & ${other?.name ?? ''}`, zh && zhOther ? `${zh}与${zhOther}路口` : null, BUILDING_M];
    } else if (number) {
      [label, accuracy_m] = [this.#all.number_first ? `${number.number} ${name}` : `${name} ${number.number}`, number.accuracy_m];
      label_zh = zh && `${zh}${number.number}${/[号號]$/.test(number.number) ? '' : '号'}`;
    }
    if (label_zh && isHan(name)) label = label_zh;
    return { ...found, label, label_zh, accuracy_m };
  }
}

function coordinate(lon: number, lat: number, near: [number, number] | null): Hit {
  const [north, east] = [Math.abs(lat).toFixed(5), Math.abs(lon).toFixed(5)];
  return {
    kind: 'coordinate', label: `${north}° ${lat < 0 ? 'S' : 'N'}, ${east}° ${lon < 0 ? 'W' : 'E'}`, label_zh: `${lat < 0 ? '南' : '北'}纬${north}° ${lon < 0 ? '西' : '东'}经${east}°`,
    lon, lat, accuracy_m: BUILDING_M, score: 1, exact: true, interpolated: false, dist_m: near && metres(...near, lon, lat),
  };
}
