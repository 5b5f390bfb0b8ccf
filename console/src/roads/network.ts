// The city's roads as the house packs them for phones (city/pocket.py), unpacked into columns: nodes, segments with an arc each way, bends and forbidden turns.
import { DEGREE, ungrouped } from '../places/gazetteer';

export type Point = [number, number];
/** What an arc is for: being driven, and being where a way begins or ends; with lights and siren, or as an ordinary drive. */
export const USES = { lights: { drive: 1, stop: 4 }, ordinary: { drive: 2, stop: 8 } } as const;

/** Row r of the segments has the arcs 2r (along its shape) and 2r + 1 (against it); an arc that nobody may drive has no uses. */
export interface Roads {
  city: string;
  /** An ordinary drive takes so many times as long. */
  ordinary: number;
  streets: string[];
  lon: Int32Array; lat: Int32Array;
  /** The city's own number of each segment, ascending. */
  segment: Int32Array; name: Int32Array; far_dm: Int32Array;
  tail: Int32Array; use: Uint8Array; time_ds: Int32Array;
  bend_at: Int32Array; bend_lon: Int32Array; bend_lat: Int32Array;
  /** The arcs that leave node n are out[out_at[n]] to out[out_at[n + 1]]. */
  out_at: Int32Array; out: Int32Array;
  bans: Set<number>;
}
interface Head { format: number; city: string; ordinary: number; streets: string[]; columns: [string, number, number][] }
const MARK = 'TPR1';
const STEPS = new Set(['node_lon', 'node_lat', 'segment', 'from', 'name', 'bend_lon', 'bend_lat', 'ban_from']);

const paired = (on: Int32Array, back: Int32Array): Int32Array => Int32Array.from({ length: 2 * on.length }, (_, arc) => (arc % 2 ? back : on)[arc >> 1] ?? 0);
const summed = (one: Int32Array, other: Int32Array): Int32Array => one.map((value, row) => value + (other[row] ?? 0));
/** Where each group begins, by how many each has. */
function begun(counts: Int32Array): Int32Array {
  const at = new Int32Array(counts.length + 1);
  counts.forEach((count, row) => (at[row + 1] = (at[row] ?? 0) + count));
  return at;
}

/** Reads the file's bytes once they are inflated; throws where they are of another format. */
export function unpackedRoads(bytes: Uint8Array): Roads {
  const text = new TextDecoder();
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const head = JSON.parse(text.decode(bytes.subarray(8, 8 + length))) as Head;
  if (text.decode(bytes.subarray(0, 4)) !== MARK || head.format !== 1) throw new Error('the file of roads is of another format');
  const columns: Record<string, Int32Array> = {};
  let at = 8 + length;
  for (const [name, count, size] of head.columns) {
    columns[name] = ungrouped(bytes.subarray(at, at + size), count, STEPS.has(name));
    at += size;
  }
  const column = (name: string): Int32Array => columns[name] ?? new Int32Array(0);
  const from = column('from');
  const tail = paired(from, summed(from, column('to')));
  const use = Uint8Array.from(paired(column('on_use'), column('back_use')));
  const bans = summed(column('ban_from'), column('ban_to'));
  const leaving = new Int32Array(column('node_lon').length);
  tail.forEach((node, arc) => { if (use[arc]) leaving[node] = (leaving[node] ?? 0) + 1; });
  const out_at = begun(leaving);
  const [next, out] = [out_at.slice(), new Int32Array(out_at.at(-1) ?? 0)];
  tail.forEach((node, arc) => {
    if (!use[arc]) return;
    out[next[node] ?? 0] = arc;
    next[node] = (next[node] ?? 0) + 1;
  });
  return {
    city: head.city, ordinary: head.ordinary, streets: head.streets, lon: column('node_lon'), lat: column('node_lat'), segment: column('segment'), name: column('name'), far_dm: column('far_dm'),
    tail, use, time_ds: paired(column('on_ds'), summed(column('on_ds'), column('back_ds'))), bend_at: begun(column('bends')), bend_lon: column('bend_lon'), bend_lat: column('bend_lat'),
    out_at, out, bans: new Set(Array.from(column('ban_from'), (arc, row) => arc * tail.length + (bans[row] ?? 0))),
  };
}

export const headOf = (roads: Roads, arc: number): number => roads.tail[arc ^ 1] ?? 0;
/** An arc's line in the direction it is driven. */
export function lineOf(roads: Roads, arc: number): Point[] {
  const row = arc >> 1;
  const node = (at: number): Point => [(roads.lon[at] ?? 0) / DEGREE, (roads.lat[at] ?? 0) / DEGREE];
  const line = [node(roads.tail[2 * row] ?? 0)];
  for (let at = roads.bend_at[row] ?? 0; at < (roads.bend_at[row + 1] ?? 0); at++) line.push([(roads.bend_lon[at] ?? 0) / DEGREE, (roads.bend_lat[at] ?? 0) / DEGREE]);
  line.push(node(roads.tail[2 * row + 1] ?? 0));
  return arc % 2 ? line.reverse() : line;
}
