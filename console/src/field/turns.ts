// A route in turns: at the end of each street the way bends left or right, which is read from its own line.
import type { Route } from '../model/contract';

export type Bend = 'start' | 'straight' | 'slight_left' | 'left' | 'sharp_left' | 'slight_right' | 'right' | 'sharp_right' | 'arrive';
/** One step: which way to bend, onto which street, how far along it, and how far from the start of the way. */
export interface Step { bend: Bend; street: string; dist_m: number; from_m: number }

const METRES = 111_320;
/** Bearings are taken so far before and behind a corner, so that a kink in the drawing of a street is no turn. */
const REACH_M = 18;
type Point = [number, number];

const flat = ([lon, lat]: Point, at: Point): Point => [(lon - at[0]) * METRES * Math.cos((at[1] * Math.PI) / 180), (lat - at[1]) * METRES];

/** The point so many metres along a line; its ends beyond them. */
export function along(line: Point[], metres: number): Point {
  let left = Math.max(0, metres);
  for (let at = 1; at < line.length; at++) {
    const [from, to] = [line[at - 1], line[at]] as [Point, Point];
    const length = Math.hypot(...flat(to, from));
    if (left <= length && length > 0) return [from[0] + ((to[0] - from[0]) * left) / length, from[1] + ((to[1] - from[1]) * left) / length];
    left -= length;
  }
  return line.at(-1) ?? [0, 0];
}
export const length_m = (line: Point[]): number =>
  line.slice(1).reduce((sum, to, at) => sum + Math.hypot(...flat(to, line[at] ?? to)), 0);

const bearing = (from: Point, to: Point): number => {
  const [east, north] = flat(to, from);
  return (Math.atan2(east, north) * 180) / Math.PI;
};

export function bent(degrees: number): Bend {
  const turn = ((degrees + 540) % 360) - 180;
  const side = turn < 0 ? 'left' : 'right';
  const size = Math.abs(turn);
  return size < 20 ? 'straight' : size < 55 ? `slight_${side}` : size < 125 ? side : `sharp_${side}`;
}

/** The way in steps; what one drives straight on without the street's name changing is one step. */
export function steps({ line, legs }: Route): Step[] {
  const found: Step[] = [];
  // Streets are measured along the road, the line as it is drawn: their ends are brought together by the whole.
  const driven = legs.reduce((sum, leg) => sum + leg.dist_m, 0);
  const share = driven > 0 ? length_m(line) / driven : 0;
  let from_m = 0;
  for (const leg of legs) {
    const corner = from_m * share;
    const at = along(line, corner);
    const bend = found.length ? bent(bearing(at, along(line, corner + REACH_M)) - bearing(along(line, corner - REACH_M), at)) : 'start';
    const last = found.at(-1);
    if (last && bend === 'straight' && leg.street === last.street) last.dist_m += leg.dist_m;
    else found.push({ bend, street: leg.street, dist_m: leg.dist_m, from_m });
    from_m += leg.dist_m;
  }
  return [...found, { bend: 'arrive', street: '', dist_m: 0, from_m }];
}

/** How far along the way a place lies, and how far off it; the nearest stretch counts. */
export function progress(line: Point[], place: Point): { along_m: number; off_m: number } {
  let [best, along_m, walked] = [Infinity, 0, 0];
  for (let at = 1; at < line.length; at++) {
    const [from, to] = [line[at - 1], line[at]] as [Point, Point];
    const [[x, y], [px, py]] = [flat(to, from), flat(place, from)];
    const length = Math.hypot(x, y);
    const share = length ? Math.min(1, Math.max(0, (px * x + py * y) / (length * length))) : 0;
    const off = Math.hypot(px - share * x, py - share * y);
    if (off < best) [best, along_m] = [off, walked + share * length];
    walked += length;
  }
  return { along_m, off_m: best };
}
