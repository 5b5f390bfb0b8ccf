// Hazards of places and incidents as pages read them: which are in force by the house's clock, how long each has left, and for how long one may be marked.
import type { Instant, Place, Words } from './contract';

/** A hazard that was not taken back. `incidents` are those on which it is shown; with a radius it is of its place, else of its incident. */
export interface HazardRow {
  row: 'hazard'; id: string; kind: string; source: string; since: Instant; until: Instant; by: string; place: Place | null; radius_m: number;
  incident: string; unit: string; words: boolean; incidents: string[]; renewed_by: string; renewed_at: Instant;
}
export interface HazardKind { code: string; says: Words; longest_s: number; usual_s: number; radius_m: number }
export interface HazardKinds { version: string; sample: boolean; kinds: HazardKind[]; sources: Record<string, Words> }
export interface HazardLine { hazard: string; words: string | null }
export interface HazardsOn { incident: string; at: Instant; hazards: HazardLine[] }

/** Those in force: nothing says so when one ends but the clock. */
export const inForce = (rows: readonly HazardRow[], now: Instant): HazardRow[] => rows.filter((row) => row.until > now);

/** Those shown on an incident, the latest first. */
export const shownOn = (rows: readonly HazardRow[], incident: string, now: Instant): HazardRow[] =>
  inForce(rows, now).filter((row) => row.incidents.includes(incident)).sort((a, b) => b.since - a.since || (a.id < b.id ? 1 : -1));

const H = 3_600;
const SPANS_S = [H / 2, H, 2 * H, 4 * H, 12 * H, 24 * H, 72 * H, 168 * H, 720 * H, 4320 * H];
/** For how long a hazard of this kind may be marked, in seconds, the longest last. */
export const spans = (kind: HazardKind | undefined): number[] => {
  const longest = kind?.longest_s ?? 0;
  return [...SPANS_S.filter((one) => one < longest), ...(longest ? [longest] : [])];
};
/** The one of these spans that a form begins with: the longest that is no longer than usual. */
export const usual = (kind: HazardKind | undefined): number => spans(kind).filter((one) => one <= (kind?.usual_s ?? 0)).at(-1) ?? spans(kind)[0] ?? 0;
