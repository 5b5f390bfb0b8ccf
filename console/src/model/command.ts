// Major incidents, hospitals and partners' tasks as the doors give them, and what a board makes of them; pure.
import type { IncidentRow, Instant, Place, Row, UnitRow, Words } from './contract';
import { byCallsign } from './queue';

export interface RoleHeld { role: string; holder: string; since: Instant }
export interface Sector { sector: string; name: string; place: Place | null; shape: [number, number][]; leader: string; since: Instant }
export interface Objective { objective: string; text: string; text_zh: string; owner: string; due: Instant; state: 'open' | 'met' | 'dropped'; at: Instant }
export interface Placed { unit: string; shift: string; sector: string; since: Instant }
export interface Major {
  major: string; name: string; place: Place; level: string; plan: string; since: Instant; roles: RoleHeld[]; sectors: Sector[];
  objectives: Objective[]; resources: Placed[]; incidents: string[]; sent: Record<string, Record<string, number>>; entries: number; ended: boolean;
}
export interface MajorRow extends Row { row: 'major'; board: Major }
export interface Diversion { diversion: string; reason: string; categories: string[]; until: Instant; since: Instant }
export interface FacilityNow {
  facility: string; name: string; places: Record<string, number>; sent: Record<string, number>; reported_at: Instant; until: Instant; diversions: Diversion[];
}
export interface FacilityRow extends Row { row: 'facility'; now: FacilityNow }
export interface Facility { facility: string; name: string; name_zh: string; lon: number; lat: number; agency: string; now: FacilityNow }
export interface Hospital {
  facility: string; name: string; name_zh: string; lon: number; lat: number; eta_s: number | null; lacks: string; left: number | null;
  diversions: Diversion[]; now: FacilityNow; why: Words;
}
export interface LogLine { position: number; happened_at: Instant; by: string; fact: string; says: Words }
export interface BoardView { major: string; board: Major; hospitals: Hospital[]; lines: LogLine[] }
export interface Task {
  task: string; agency: string; incident: string; major: string; place: Place | null; due: Instant;
  state: 'given' | 'accepted' | 'declined' | 'done' | 'withdrawn'; given_at: Instant; since: Instant; notes: number;
}
export interface TaskRow extends Row { row: 'task'; now: Task; loose: boolean }
export interface TaskView { task: Task; text: string | null; lines: { happened_at: Instant; by: string; fact: string; text: string | null }[] }
export interface Coded { code: string; says: Words }
export interface CommandTable {
  version: string; sample: boolean; levels: Coded[]; roles: Coded[]; plans: (Coded & { roles: string[] })[]; categories: Coded[]; agencies: Coded[];
}

/** What can be done with the marked row of a column, by a key or its button. */
export interface Act { key: 'Enter' | 'Delete'; says: string; may: boolean; run: () => void }

export const STAGING = 'staging';

/** A line of the sectors' column: a heading, or a unit under one. `sector` '' heads the units that nobody has placed yet. */
export interface SectorLine { id: string; sector: string; heading: Sector | null; count: number; unit: string; shift: string }

/** Sectors with their units, staging after them, and last the units on the incidents under this command that stand nowhere on the board. */
export function sectorLines(board: Major, incidents: readonly IncidentRow[], units: readonly UnitRow[]): SectorLine[] {
  const onDuty = new Map(units.map((unit) => [unit.id, unit]));
  const placed = new Set(board.resources.map((one) => one.unit));
  const under = new Set(board.incidents);
  const loose = [...new Set(incidents.filter((row) => under.has(row.id)).flatMap((row) => row.units))].filter((id) => !placed.has(id));
  const sorted = (ids: string[]): string[] => ids.flatMap((id) => onDuty.get(id) ?? []).sort(byCallsign).map((unit) => unit.id);
  const lines: SectorLine[] = [];
  const group = (sector: string, heading: Sector | null, ids: string[]): void => {
    lines.push({ id: `sector ${sector}`, sector, heading, count: ids.length, unit: '', shift: '' });
    for (const id of ids) lines.push({ id, sector, heading: null, count: 0, unit: id, shift: onDuty.get(id)?.shift ?? '' });
  };
  for (const one of board.sectors) group(one.sector, one, sorted(board.resources.filter((unit) => unit.sector === one.sector).map((unit) => unit.unit)));
  group(STAGING, null, sorted(board.resources.filter((unit) => unit.sector === STAGING).map((unit) => unit.unit)));
  if (loose.length) group('', null, sorted(loose));
  return lines;
}

export const overdue = (one: Objective, now: Instant): boolean => one.state === 'open' && one.due > 0 && one.due < now;

/** Open objectives first, the one due soonest on top and those without a time after them; then what is over, the latest first. */
export function objectivesInOrder(board: Major): Objective[] {
  const when = (one: Objective): number => one.due || Number.MAX_SAFE_INTEGER;
  return [...board.objectives].sort((a, b) =>
    Number(a.state !== 'open') - Number(b.state !== 'open') || (a.state === 'open' ? when(a) - when(b) || a.at - b.at : b.at - a.at));
}

/** The tasks that serve this command or an incident under it; those that wait for an answer first, declined ones on top. */
export function tasksOf(board: Major, rows: readonly TaskRow[]): Task[] {
  const rank: Record<Task['state'], number> = { declined: 0, given: 1, accepted: 2, done: 3, withdrawn: 4 };
  return rows.map((row) => row.now).filter((one) => one.major === board.major || (one.incident !== '' && board.incidents.includes(one.incident)))
    .sort((a, b) => rank[a.state] - rank[b.state] || a.given_at - b.given_at);
}

export const inForce = (now: FacilityNow, at: Instant): Diversion[] => now.diversions.filter((one) => !one.until || one.until > at);
