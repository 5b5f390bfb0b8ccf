// What is known of the system itself, as its page shows it: parts, machines, lanes, records, copies, clock.
import type { Instant } from './contract';
import type { Part } from '../house/health.svelte';

export interface DutyPart extends Part { since: Instant }
export interface NodeRow { node: string; leads: boolean; head: number; lag: number; version: string; address: string; heard_s: number | null; silent: boolean; ahead_s: number | null }
export interface LaneRow {
  lane: string; inside: number; most: number; p50_s: number | null; p95_s: number | null; p99_s: number | null; refused: number; lately: (number | null)[];
}
export interface DutyView {
  now: Instant; started_at: Instant; parts: DutyPart[]; nodes: NodeRow[]; lanes: LaneRow[];
  head: number; grown: number[]; waiting: number; write_s: number | null; free_bytes: number; disk_bytes: number; place: string; apart: boolean;
  round_trip_s: number | null; ahead_s: number | null; copied_at: Instant | null; copies_behind: boolean;
  drill: { at: Instant; minutes: number; entries: number; ok: boolean } | null;
  jumps: { node: string; by_s: number; at: Instant }[]; readers: number;
}

/** What asks for somebody first, the worst first; the rest keeps its order, so that nothing moves while all is well. */
export function worstFirst(parts: readonly DutyPart[]): DutyPart[] {
  const weight = { failed: 0, low: 1, ok: 2 };
  return [...parts].sort((a, b) => weight[a.state] - weight[b.state]);
}

/** A short time with the unit that suits it: 4.2 ms, 310 ms, 2.4 s. */
export function took(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

export function size(bytes: number): string {
  const steps = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${steps[step] ?? ''}`;
}

/** The points of a small line, `width` by `height`, from 0 up; what is not known leaves a gap, as pieces of their own. */
export function pieces(values: readonly (number | null)[], room: number, width: number, height: number): string[] {
  const top = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const found: string[][] = [[]];
  values.forEach((value, n) => {
    if (value === null) found.push([]);
    else {
      const x = ((n + room - values.length) / Math.max(1, room - 1)) * width;
      found.at(-1)?.push(`${x.toFixed(1)},${(height - (value / top) * (height - 2) - 1).toFixed(1)}`);
    }
  });
  return found.filter((piece) => piece.length).map((piece) => (piece.length === 1 ? `${piece[0] ?? ''} ${piece[0] ?? ''}` : piece.join(' ')));
}
