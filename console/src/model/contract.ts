// What the doors ask and answer, as TypeScript types; the names are those of the rooms' commands and views.

import type { JoinedCall } from './alike';

/** Microseconds of UTC since 1970. */
export type Instant = number;
export interface Words { en: string; zh: string }
export interface Place { lon: number; lat: number; text: string; accuracy_m: number | null; source: string; located_at?: Instant }
export interface Need { skill: string; count: number }
export interface City {
  name: string; made: boolean; version: string; attribution: string;
  bounds: [number, number, number, number]; timezone: string;
}
export interface Me { name: string; roles: string[]; demo: boolean; city: City; doors: string[]; agency: string; glass: string[]; post: string; fresh: boolean; enrol: string }

export interface IncidentRow {
  row: 'incident'; id: string; place: Place; kind: string; priority: number;
  needs: Need[]; unmet: Need[]; units: string[];
  called_at: Instant; opened_at: Instant; first_sent_at: Instant; first_there_at: Instant; notes: number; files: number;
  area: string; alarm: number; stacked: string[]; paper?: boolean;
  /** How many calls are about it, those that were joined into it, those it is linked to, and what later notes tell differently. */
  calls: number; joined: JoinedCall[]; linked: string[]; differs: string[];
  alerted: string[];
}
export interface UnitRow {
  row: 'unit'; id: string; shift: string; unit_kind: string; skills: string[]; station: string; home: Place;
  crew: number; state: string; since: Instant; incident: string; stacked: string[];
  /** The neighbouring city whose unit it is; empty for one of our own. */
  lender: string;
  /** Where it was told to wait while it is free, and since when; null: at its station. */
  standby: { name: string; place: Place } | null; standby_since: Instant;
  /** Who has signed on to it, and what of its kit was last found missing or not in order. */
  seats: { person: string; seat: string }[]; kit_faults: { item: string; state: 'missing' | 'defect'; note: string }[];
}
export interface PositionRow {
  row: 'position'; id: string; lon: number; lat: number; device_at: Instant; heard_at: Instant;
  accuracy_m: number | null; speed_mps: number | null; heading_deg: number | null;
  /** Why it can hardly be true: no vehicle gets there, or a guess from radio masts. */
  doubt?: '' | 'jump' | 'accuracy';
}
export interface ClosureRow {
  row: 'closure'; id: string; text: string; segments: number[]; shape: [number, number][][]; since: Instant;
}
/** Any row of the live stream; each matter's own rows stand with it in `model/`. */
export interface Row { row: string; id: string }
export interface Frame {
  id: string; at: Instant; speed: number; whole: boolean; rows: Row[]; gone: [string, string][];
}

export interface Receipt { position: number; repeated: boolean; subject: string; kept: string[] }
export interface Found {
  place: Place; what: string; label: string; label_zh: string | null; exact: boolean; interpolated: boolean; score: number;
}
export interface FoundPlaces { q: string; places: Found[] }
export interface NamedPoint { nearest: Found | null; cross_street: string }
export interface Candidate {
  unit: string; shift: string; unit_kind: string; state: string;
  eta_s: number | null; low_s: number | null; high_s: number | null;
  position_age_s: number; lacks: string; proposed: boolean; why: Words;
  cover_s: number; cover_of: string; on: string; takes: Words | null;
}
export interface Offer {
  offer: string; incident: string; at: Instant; needs: Need[]; unfilled: Need[]; candidates: Candidate[];
  city: string; calibration: string; plan: string; weight: number; further?: number; further_m?: number;
}
export interface Line {
  position: number; happened_at: Instant; known_at: Instant; by: string; fact: string; unit: string; says: Words; sealed: boolean; paper?: boolean; quiet?: boolean;
}
export interface Story {
  incident: string; row: IncidentRow | null; closed: boolean;
  number: string | null; caller: string | null; notes: string | null; lines: Line[];
  /** What the caller may be told of how it ended; absent in a story of before. */
  tell?: Words | null;
}
export interface Route {
  found: boolean; eta_s: number; dist_m: number; line: [number, number][]; legs: { street: string; dist_m: number }[];
}
export interface KindLine { code: string; says: Words; priority: number; needs: Record<string, Need[]>; last_alarm: number }
export interface PlanView {
  version: string; sample: boolean; kinds: KindLine[]; dispositions: Record<string, Words>; skills: Record<string, Words>;
  overrides: Record<string, Words>; cover: Record<string, number>; areas: { code: string; says: Words; kinds: string[] }[];
}
export interface UnitKindLine {
  code: string; letter: string; says: Words; skills: string[]; moves: Record<string, string[]>;
  /** What its crew signs on to: seats, each for so many (0: any number), and kit to look at. */
  seats: { code: string; says: Words; most: number }[]; kit: Record<string, Words>;
}
export interface FleetView { sample: boolean; kinds: UnitKindLine[]; states: Record<string, Words> }
export interface Problem {
  status: number; code: string; title: string; title_zh: string; field: string | null;
  /** After how many seconds the server says that it may be asked again. */
  again_s?: number;
}
