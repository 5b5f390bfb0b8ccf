// What the doors of planning ask and answer, and the arithmetic of showing it: figures with their doubt, bars, steps of change on the map.
import type { Instant, Words } from './contract';

export type StudyState = 'waiting' | 'running' | 'answered' | 'failed' | 'stopped' | 'proposed' | 'adopted' | 'ended';
export interface Between { value: number; low: number; high: number }
export interface StudyLine {
  id: string; name: Words; state: StudyState; progress: number; asked_at: Instant; asked_by: string; sample: boolean;
  first_line: Words | null; late: { before: number; after: number; low: number; high: number } | null;
}
export interface Studies { version: string; rows: StudyLine[] }

export type Change =
  | { what: 'unit_more'; unit_kind: string; lon: number; lat: number; from_h: number; to_h: number; station: string }
  | { what: 'unit_less'; unit: string }
  | { what: 'station_closes'; station: string; to: string }
  | { what: 'street_shut'; street?: string; segments?: number[] }
  | { what: 'more_calls'; factor: number };
export type Sort = Change['what'];
export const SORTS: readonly Sort[] = ['unit_more', 'unit_less', 'station_closes', 'street_shut', 'more_calls'];
/** The most changes that one question may have. */
export const MOST_CHANGES = 5;
export interface Question { changes: Change[]; days: number; replications: number; factor: number; demand: 'own' | 'generated' }

export interface Station { name: string; lon: number; lat: number; units: string[] }
export interface Choices {
  unit_kinds: { code: string; name: Words }[]; stations: Station[]; units: { unit: string; kind: string; station: string; from_h: number; to_h: number }[];
  record: { calls: number; days: number; since: Instant; until: Instant; enough: boolean };
  validated: 'yes' | 'no' | 'unknown'; validity: Words; in_time_s: Record<string, number>; most_days: number; most_replications: number; most_waiting: number;
  /** What the form begins with, so that an answer comes in a minute or two. */
  suggested: { days: number; replications: number; demand: 'own' | 'generated'; per_day: number };
}

export interface Service { mean_s: number; p90_s: number; late: number }
/** A district, an hour or the whole: `surely` and `perhaps` say whether it is worse off. */
export interface ChangeRow { name: string; calls: number; before: Service; after: Service; mean_s: Between; late: Between; surely: boolean; perhaps: boolean }
export interface Pair { before: number; after: number }
export interface Answer {
  first_line: Words; tenth_line: Words; validity: Words; validated: boolean | null; sample: boolean;
  calls: number; replications: number; days: number; record: { calls: number; days: number };
  whole: ChangeRow; districts: ChangeRow[]; hours: ChangeRow[]; p90_s: Between;
  tenth: { before_s: number; after_s: number };
  /** A day: kilometres, units sent, sendings that found nobody free or waited to the end of play, calls that one plan alone reached. */
  km: Pair; sent: Pair; waited: Pair; never: Pair; single: Pair; computed: Record<string, string>;
  cells: { before_s: number[]; after_s: number[]; calls: number[] };
  not_modelled: Words[];
}
export type StepWhat = 'asked' | 'answered' | 'failed' | 'stopped' | 'proposed' | 'adopted' | 'declined' | 'ended';
export interface TrailStep { at: Instant; what: StepWhat; by: string; because: string }
export interface Study {
  id: string; name: Words; state: StudyState; progress: number; question: Question; answer: Answer | null; trail: TrailStep[];
  failed: { code: string; en: string; zh: string } | null;
  /** From when a proposed or adopted plan holds; 0: none. */
  sample: boolean; since: Instant;
}
export interface Happened {
  since: Instant; until: Instant; calls: number; early: boolean; sample: boolean; says: Words; promised: Level; before: Level | null; happened: Level | null;
}
/** How calls are answered, each figure with its interval; `calls` null for what was promised. */
export interface Level { calls: number | null; late: Between; mean_s: Between; p90_s: Between }

/** What is under way is asked for again every two seconds, what rests every fifteen. */
export const underWay = (state: StudyState): boolean => state === 'waiting' || state === 'running';

/** Which way a difference goes where less is better; 'open' where chance alone may have made it. Without an interval nothing is sure. */
export type Way = 'better' | 'worse' | 'open' | 'same';
export function way({ value, low, high }: Between): Way {
  if (high < 0) return 'better';
  if (low > 0) return 'worse';
  return value === 0 && low === 0 && high === 0 ? 'same' : 'open';
}

/** The bar of a difference, in per cent of its width with zero in the middle: what is sure from zero on, what is in doubt, and the value itself. */
export interface Bar { sure: [number, number] | null; doubt: [number, number]; at: number; cut: boolean }
export function bar({ value, low, high }: Between, most: number): Bar {
  const place = (one: number): number => 50 + 50 * Math.max(-1, Math.min(1, most > 0 ? one / most : 0));
  const near = low > 0 ? low : high < 0 ? high : 0;
  const sure: [number, number] | null = near ? [Math.min(50, place(near)), Math.max(50, place(near))] : null;
  return { sure, doubt: [place(low), place(high)], at: place(value), cut: low < -most || high > most };
}
/** The width of the bars of several rows: a fourth more than the greatest value, so that a row of wild doubt does not make all others vanish. */
export const widest = (rows: readonly Between[]): number => Math.max(0, ...rows.map((one) => Math.abs(one.value))) * 1.25;

/** Districts with the worst first: surely worse off, perhaps worse off, then by how much later help comes. */
export function worstFirst(rows: readonly ChangeRow[]): ChangeRow[] {
  const rank = (row: ChangeRow): number => (row.surely ? 0 : row.perhaps ? 1 : 2);
  return [...rows].sort((a, b) => rank(a) - rank(b) || b.mean_s.value - a.mean_s.value || a.name.localeCompare(b.name));
}

/** A difference of seconds, '+1:05' or '−0:42'; of a share, in points with one decimal. */
export function signedTime(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  return `${sign(seconds, whole)}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
export function signedPoints(share: number): string {
  const points = Math.abs(share * 100).toFixed(1);
  return `${sign(share, Number(points))}${points}`;
}
/** A difference of what is counted a day, with one decimal. */
export const signedTenths = (value: number): string => `${sign(value, Number(Math.abs(value).toFixed(1)))}${Math.abs(value).toFixed(1)}`;
/** A difference of whole things: kilometres. */
export function signedCount(value: number): string {
  const whole = Math.round(Math.abs(value));
  return `${sign(value, whole)}${whole.toLocaleString('en').replaceAll(',', '\u2009')}`;
}
const sign = (value: number, shown: number): string => (shown === 0 ? '±' : value < 0 ? '−' : '+');

/** Steps of change on the map: much sooner, sooner, alike, later, much later. Below the first limit a change is nobody's to feel (as in who pays). */
export const CHANGE_LIMITS_S = [15, 60] as const;
export const CHANGE_SIGNS = ['−−', '−', '0', '+', '++'] as const;
export function changeStep(seconds: number): number {
  const [least, much] = CHANGE_LIMITS_S;
  return Math.abs(seconds) <= least ? 2 : seconds < 0 ? (seconds < -much ? 0 : 1) : seconds > much ? 4 : 3;
}
/** What the map of an answer shows. */
export type Face = 'before' | 'after' | 'change';
export const FACES: readonly Face[] = ['before', 'after', 'change'];
export type Cells = Answer['cells'];
/** Seconds of a cell on one face, or null where there were too few calls. */
export function cellValue(cells: Cells, at: number, face: Face): number | null {
  const [before, after] = [cells.before_s[at] ?? -1, cells.after_s[at] ?? -1];
  if (face === 'before') return before < 0 ? null : before;
  if (face === 'after') return after < 0 ? null : after;
  return before < 0 || after < 0 ? null : after - before;
}

/** When a day begins in a city's zone: '2026-12-01' to an instant. */
export function dayBegins(date: string, zone: string): Instant {
  const utc = Date.parse(`${date}T00:00:00Z`);
  // Twice: the first guess may stand on the other side of a change of the clock.
  let at = utc;
  for (let turn = 0; turn < 2; turn += 1) at = utc - offsetMs(at, zone);
  return at * 1000;
}
function offsetMs(at: number, zone: string): number {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/** Who proposed what stands now, and who adopted it: the last such step of the trail. */
export const lastStep = (trail: readonly TrailStep[], what: StepWhat): TrailStep | undefined => trail.filter((step) => step.what === what).at(-1);
