// What the doors ask and answer about where units wait: the expected share now, the moves that would raise it, and the table of standby.
import type { Instant, Place, UnitRow, Words } from './contract';

export interface Move {
  unit: string; shift: string; post: string; place: Place;
  /** The place is the unit's own station: it is sent home. */
  home: boolean;
  left: string; gain: number; drive_s: number; dist_m: number;
  /** Who is then the soonest at the place that it leaves; '' and -1: nobody. */
  next_unit: string; next_s: number;
  /** Cells of the cover's division that are reached in time after the move and not before, and the other way round. */
  won: number[]; lost: number[]; worst: number; worst_s: number; moves: number; says: Words;
}
export interface Moves {
  version: string; skill: string; at: Instant; within_s: number;
  /** The share expected to be reached in time from where the units are now, and once each stands where it drives to. */
  now: number; share: number; busy: number; counted_h: number; weight: 'roads' | 'calls'; policy: string; most_moves: number; moves: Move[];
  why: '' | 'policy' | 'tuning' | 'nobody' | 'pays';
}
export interface Standby { sample: boolean; policy: string; posts: { name: string; place: Place; skills: string[] }[]; most_moves: number; reasons: Record<string, Words> }

/** What came of moves: all, one day's (`of` its date) or one unit's. */
export interface MoveLine {
  of: string; moves: number; overridden: number; measured: number; dist_m: number; declined: number; sent_home: number; most_in_12h: number;
  served: number; on_way: number; compared: number;
  /** In the middle, above 0: sooner than from the unit's own station; null: none could be compared. */
  sooner_s: number | null; later: number;
}
export interface MoveReport { since: Instant; until: Instant; whole: MoveLine; days: MoveLine[]; units: MoveLine[]; declined: Record<string, number> }

/** A share as a percentage with one decimal. */
export const percent = (share: number): string => (share * 100).toFixed(1);

/** The figures of a move as they were shown, which go with what is done about it. */
export function shown(move: Move, of: Moves): object {
  const { unit, shift, post, gain, drive_s, dist_m, left, next_unit, next_s } = move;
  return { unit, shift, post, gain, drive_s, dist_m, left, next_unit, next_s, skill: of.skill, within_s: of.within_s, share: of.share, busy: of.busy };
}

/** The units that wait elsewhere than at their stations, and have a skill. */
export const away = (units: readonly UnitRow[], skill: string): UnitRow[] => units.filter((unit) => unit.standby && unit.skills.includes(skill));

/** The posts for one skill: those of everybody and those that name it. */
export const postsFor = (table: Standby | null, skill: string): Standby['posts'] =>
  (table?.posts ?? []).filter((post) => !post.skills.length || post.skills.includes(skill));

/** After so long an answer is old: it is asked for every five seconds. */
export const OLD_US = 30e6;
