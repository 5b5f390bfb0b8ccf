// The place on a street that is nearest to a point, and which streets are shut: all pieces are looked at, which takes milliseconds and no index.
import { DEGREE } from '../places/gazetteer';
import { lineOf, type Point, type Roads } from './network';

/** A place on a street: how far along its arc (0 to 1), how far off the point is, and whether one drives along the arc already. */
export interface Spot { arc: number; along: number; gap_m: number; directed: boolean }
export const M_PER_DEGREE = 111_195;
/** As in the house (engines/roads/snap.py): how much farther off a street counts that runs against the unit's heading, and what stands on a junction. */
const [AGAINST_M, AT_END_M] = [30, 0.5];

/** The nearest place on an arc with this use. */
export function nearest(roads: Roads, [lon, lat]: Point, stop: number, heading: number | null = null): Spot | null {
  const east_m = (M_PER_DEGREE / DEGREE) * Math.cos((lat * Math.PI) / 180);
  const north_m = M_PER_DEGREE / DEGREE;
  const [sin, cos] = heading === null ? [0, 0] : [Math.sin((heading * Math.PI) / 180), Math.cos((heading * Math.PI) / 180)];
  let [best, found, gap_m, metres, length] = [Infinity, -1, 0, 0, 0];
  for (let row = 0; row < roads.segment.length; row++) {
    const [on, back] = [((roads.use[2 * row] ?? 0) & stop) > 0, ((roads.use[2 * row + 1] ?? 0) & stop) > 0];
    if (!on && !back) continue;
    const [first, last] = [roads.tail[2 * row] ?? 0, roads.tail[2 * row + 1] ?? 0];
    const [begin, end] = [roads.bend_at[row] ?? 0, roads.bend_at[row + 1] ?? 0];
    let [x, y] = [((roads.lon[first] ?? 0) - lon * DEGREE) * east_m, ((roads.lat[first] ?? 0) - lat * DEGREE) * north_m];
    let [walked, mine] = [0, false];
    for (let at = begin; at <= end; at++) {
      const nx = ((at < end ? roads.bend_lon[at] ?? 0 : roads.lon[last] ?? 0) - lon * DEGREE) * east_m;
      const ny = ((at < end ? roads.bend_lat[at] ?? 0 : roads.lat[last] ?? 0) - lat * DEGREE) * north_m;
      const [dx, dy] = [nx - x, ny - y];
      const step = Math.hypot(dx, dy);
      const share = step > 0 ? Math.min(1, Math.max(0, -(x * dx + y * dy) / (step * step))) : 0;
      const off = Math.hypot(x + share * dx, y + share * dy);
      const agree = heading === null ? 1 : step > 0 ? (dx * sin + dy * cos) / step : 0;
      const along = on && (heading === null || !back || agree >= 0);
      const counted = heading === null ? off : off + (AGAINST_M * (1 - (along ? agree : -agree))) / 2;
      if (counted < best) [best, found, gap_m, metres, mine] = [counted, along ? 2 * row : 2 * row + 1, off, walked + share * step, true];
      walked += step;
      [x, y] = [nx, ny];
    }
    if (mine) length = walked;
  }
  if (found < 0) return null;
  const part = metres <= AT_END_M ? 0 : metres > length - AT_END_M ? 1 : metres / length;
  return { arc: found, along: found % 2 ? 1 - part : part, gap_m, directed: heading !== null };
}

const SAME_M = 30;
const apart_m = (one: Point, other: Point): number => Math.hypot((one[0] - other[0]) * Math.cos((one[1] * Math.PI) / 180), one[1] - other[1]) * M_PER_DEGREE;

/** The rows of segments that are shut: by the city's own number where its ends are where the closure was drawn, else by place, since the roads here may be of another version. */
export function shutRows(roads: Roads, closures: readonly { segments: number[]; shape: Point[][] }[]): Set<number> {
  const row = new Map(Array.from(roads.segment, (number, at) => [number, at]));
  const shut = new Set<number>();
  for (const { segments, shape } of closures) shape.forEach((line, at) => {
    const [first, last] = [line[0], line.at(-1)];
    if (!first || !last) return;
    const known = row.get(segments[at] ?? -1);
    const own = known === undefined ? [] : lineOf(roads, 2 * known);
    if (known !== undefined && own[0] && apart_m(own[0], first) < SAME_M && apart_m(own.at(-1) ?? first, last) < SAME_M) shut.add(known);
    else {
      const middle = line.length > 2 ? line[line.length >> 1] ?? first : ([(first[0] + last[0]) / 2, (first[1] + last[1]) / 2] as Point);
      const spot = nearest(roads, middle, 1 | 2);
      if (spot && spot.gap_m < SAME_M / 2) shut.add(spot.arc >> 1);
    }
  });
  return shut;
}
