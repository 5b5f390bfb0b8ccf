// A unit's own track as its crew reads it: the points of the shift, and of those a few to be shown by their time.
import type { Instant } from '../model/contract';

export interface Point { at: Instant; lon: number; lat: number; accuracy_m: number | null; speed_mps: number | null }
export interface TrackView { unit: string; shift: string; since: Instant; until: Instant; points: Point[]; more: boolean; looks: { by: string; at: Instant; since: Instant; until: Instant }[] }
const MOST = 24;
const LEAST_US = 60e6;

/** The first point, the last, and between them one for each of at most twenty-odd equal stretches of time in which there was any. */
export function marked(points: readonly Point[], most = MOST): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const step = Math.max(LEAST_US, (last.at - first.at) / (most - 1));
  const found: Point[] = [first];
  for (const one of points) if (one.at - (found.at(-1) ?? first).at >= step) found.push(one);
  if (found.at(-1) !== last) found.push(last);
  return found;
}

/** Where a gap this long lies between two points nobody knows the way, and no line is drawn. */
const GAP_US = 300e6;
export function stretches(points: readonly Point[]): [number, number][][] {
  const found: [number, number][][] = [];
  points.forEach((one, index) => {
    const before = points[index - 1];
    if (!before || one.at - before.at > GAP_US) found.push([]);
    found.at(-1)?.push([one.lon, one.lat]);
  });
  return found.filter((line) => line.length > 1);
}
