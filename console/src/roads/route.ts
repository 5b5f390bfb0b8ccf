// The quickest way over the kept roads, as the house finds it: over arcs, so that one-ways and forbidden turns hold, round what is shut.
import { DEGREE } from '../places/gazetteer';
import type { Route } from '../model/contract';
import { M_PER_DEGREE, type Spot } from './near';
import { headOf, lineOf, USES, type Point, type Roads } from './network';

interface Ask { from: Spot; to: Spot; lights: boolean; shut: ReadonlySet<number> }
const NONE: Route = { found: false, eta_s: 0, dist_m: 0, line: [], legs: [] };

/** The least first; an arc may stand in it more than once, and only its first counts. */
class Heap {
  readonly #key: number[] = [];
  readonly #arc: number[] = [];
  get least(): number { return this.#key[0] ?? Infinity; }
  push(key: number, arc: number): void {
    let at = this.#key.length;
    for (let up = (at - 1) >> 1; at > 0 && (this.#key[up] ?? 0) > key; at = up, up = (at - 1) >> 1) this.#set(at, this.#key[up] ?? 0, this.#arc[up] ?? 0);
    this.#set(at, key, arc);
  }
  pop(): number {
    const top = this.#arc[0] ?? -1;
    const [key, arc] = [this.#key.pop() ?? 0, this.#arc.pop() ?? 0];
    const size = this.#key.length;
    if (!size) return top;
    let at = 0;
    for (let down = 1; down < size; down = 2 * at + 1) {
      if (down + 1 < size && (this.#key[down + 1] ?? 0) < (this.#key[down] ?? 0)) down++;
      if ((this.#key[down] ?? 0) >= key) break;
      this.#set(at, this.#key[down] ?? 0, this.#arc[down] ?? 0);
      at = down;
    }
    this.#set(at, key, arc);
    return top;
  }
  #set(at: number, key: number, arc: number): void { [this.#key[at], this.#arc[at]] = [key, arc]; }
}

/** Where a spot stands if it stands on a junction; -1: inside a street. */
const junction = (roads: Roads, { arc, along }: Spot): number => (along === 0 ? roads.tail[arc] ?? -1 : along === 1 ? headOf(roads, arc) : -1);

export function route(roads: Roads, { from, to, lights, shut }: Ask): Route {
  const drive = (lights ? USES.lights : USES.ordinary).drive;
  const open = (arc: number): boolean => ((roads.use[arc] ?? 0) & drive) > 0 && !shut.has(arc >> 1);
  const time = (arc: number): number => roads.time_ds[arc] ?? 0;
  const goals = junction(roads, to) >= 0 ? [] : [{ arc: to.arc, part: to.along }, { arc: to.arc ^ 1, part: 1 - to.along }].filter(({ arc }) => open(arc));
  const start = from.directed ? -1 : junction(roads, from);
  const starts = [{ arc: from.arc, part: from.along }, ...(from.directed ? [] : [{ arc: from.arc ^ 1, part: 1 - from.along }])].filter(({ arc }) => open(arc));
  let [best, last, end] = [Infinity, -1, -1];  // the goal's time, the arc before its own (-1: none), and its own (-1: it is a junction)
  for (const goal of goals) {
    const same = start < 0 ? starts.find(({ arc, part }) => arc === goal.arc && part <= goal.part) : undefined;
    const direct = same ? time(goal.arc) * (goal.part - same.part) : start >= 0 && start === roads.tail[goal.arc] ? time(goal.arc) * goal.part : Infinity;
    if (direct < best) [best, last, end] = [direct, -1, goal.arc];
  }
  if (goals.length === 0 && start >= 0 && start === junction(roads, to)) return { ...NONE, found: true };
  const ahead = ahead_ds(roads, to);
  const [least, before, heap] = [new Map<number, number>(), new Map<number, number>(), new Heap()];
  const reach = (arc: number, at: number, by: number): void => {
    if (at >= (least.get(arc) ?? Infinity)) return;
    least.set(arc, at);
    before.set(arc, by);
    heap.push(at + ahead(headOf(roads, arc)), arc);
  };
  if (start >= 0) for (let slot = roads.out_at[start] ?? 0; slot < (roads.out_at[start + 1] ?? 0); slot++) { const arc = roads.out[slot] ?? 0; if (open(arc)) reach(arc, time(arc), -1); }
  else for (const { arc, part } of starts) reach(arc, time(arc) * (1 - part), -1);
  const done = new Set<number>();
  while (heap.least < best) {
    const here = heap.pop();
    if (done.has(here)) continue;
    done.add(here);
    const [at, node] = [least.get(here) ?? 0, headOf(roads, here)];
    if (!goals.length && node === junction(roads, to) && at < best) [best, last, end] = [at, here, -1];
    for (let slot = roads.out_at[node] ?? 0; slot < (roads.out_at[node + 1] ?? 0); slot++) {
      const onward = roads.out[slot] ?? 0;
      if (!open(onward) || roads.bans.has(here * roads.tail.length + onward)) continue;
      const goal = goals.find(({ arc }) => arc === onward);
      if (goal && at + time(onward) * goal.part < best) [best, last, end] = [at + time(onward) * goal.part, here, onward];
      reach(onward, at + time(onward), here);
    }
  }
  if (best === Infinity) return NONE;
  const arcs = end >= 0 ? [end] : [];
  for (let arc = last; arc >= 0; arc = before.get(arc) ?? -1) arcs.unshift(arc);
  const first = start >= 0 ? 0 : starts.find(({ arc }) => arc === arcs[0])?.part ?? 0;
  return described(roads, arcs, first, goals.find(({ arc }) => arc === end)?.part ?? 1, (best / 10) * (lights ? 1 : roads.ordinary));
}

/** The least time from a node to the goal that any road would allow: as the crow flies, as quick as the quickest arc. */
function ahead_ds(roads: Roads, to: Spot): (node: number) => number {
  let quickest = 0.001;  // metres in a tenth of a second
  roads.time_ds.forEach((time, arc) => { if (time > 0) quickest = Math.max(quickest, (roads.far_dm[arc >> 1] ?? 0) / 10 / time); });
  const [lon, lat] = cut(lineOf(roads, to.arc), to.along, 1)[0] ?? [0, 0];
  const flat = Math.cos((lat * Math.PI) / 180);
  return (node) => (Math.hypot(((roads.lon[node] ?? 0) / DEGREE - lon) * flat, (roads.lat[node] ?? 0) / DEGREE - lat) * M_PER_DEGREE * 0.98) / quickest;
}

/** The part of a line between two shares of its length. */
function cut(line: Point[], from: number, to: number): Point[] {
  const flat = Math.cos(((line[0]?.[1] ?? 0) * Math.PI) / 180);
  const steps = line.slice(1).map(([lon, lat], at) => Math.hypot((lon - (line[at]?.[0] ?? 0)) * flat, lat - (line[at]?.[1] ?? 0)));
  const whole = steps.reduce((sum, step) => sum + step, 0);
  const place = (share: number): Point => {
    let left = share * whole;
    for (const [at, step] of steps.entries()) {
      const [[a, b], [c, d]] = [line[at] ?? [0, 0], line[at + 1] ?? [0, 0]] as [Point, Point];
      if (left <= step && step > 0) return [a + ((c - a) * left) / step, b + ((d - b) * left) / step];
      left -= step;
    }
    return line.at(-1) ?? [0, 0];
  };
  let walked = 0;
  const inner = line.slice(1, -1).filter((_, at) => {
    walked += steps[at] ?? 0;
    return walked > from * whole && walked < to * whole;
  });
  return [place(from), ...inner, place(to)];
}

/** The way in the house's words: seconds, metres, its line, and its streets in order. */
function described(roads: Roads, arcs: number[], first: number, last: number, eta_s: number): Route {
  const line: Point[] = [];
  const legs: { street: string; dist_m: number }[] = [];
  let [dist_m, name] = [0, -2];
  for (const [at, arc] of arcs.entries()) {
    const [from, to] = [at === 0 ? first : 0, at === arcs.length - 1 ? last : 1];
    for (const point of cut(lineOf(roads, arc), from, to)) if (line.at(-1)?.[0] !== point[0] || line.at(-1)?.[1] !== point[1]) line.push(point);
    const far = ((roads.far_dm[arc >> 1] ?? 0) / 10) * (to - from);
    const mine = roads.name[arc >> 1] ?? -1;
    if (mine !== name) legs.push({ street: roads.streets[mine] ?? '', dist_m: 0 });
    const leg = legs.at(-1);
    if (leg) leg.dist_m += far;
    [dist_m, name] = [dist_m + far, mine];
  }
  return { found: true, eta_s, dist_m, line, legs };
}
