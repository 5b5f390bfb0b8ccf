// What of the floor's picture is kept on a phone: what its own unit needs, and no more.
import type { ChecklistsView } from '../model/checklists';
import type { FleetView, IncidentRow, Instant, Me, Place, PlanView, Row, UnitRow } from '../model/contract';
import type { HazardKinds, HazardRow } from '../model/hazards';
import type { MessageRow } from '../model/letters';
import type { TimersView } from '../model/timers';

/** A spot check; `open` and `missing` units have not answered. */
export interface CheckRow extends Row { by: string; words: string; called_at: Instant; due_at: Instant; units: { unit: string; shift: string; heard: string }[] }
/** Where a unit last said that it stands or has passed. */
export interface PostRow extends Row { row: 'post'; shift: string; post: string; note: string; at: Instant }
export interface Picture { at: Instant; heard: Instant; rows: Row[] }
/** A unit that this phone has seen on duty: enough to bring it on duty again. */
export interface Base { unit: string; unit_kind: string; station: string; home: Place; skills: string[]; crew: number }
export interface Who { me: Me; plan: PlanView; fleet: FleetView; timers: TimersView; hazards?: HazardKinds; checklists?: ChecklistsView }

/** What stays on the phone when a shift is over: who is asked, which units there are, the clock, the handbook. Everything else is of its work, and goes. */
export const STAYS: readonly string[] = ['who', 'unit', 'shift', 'ahead', 'bases', 'handbook'];
const MOST_BASES = 400;

/** The units that were seen, each as it was last. */
export function bases(known: readonly Base[], rows: readonly UnitRow[]): Base[] {
  const all = new Map(known.map((one) => [one.unit, one]));
  for (const { id, unit_kind, station, home, skills, crew, lender } of rows) {
    if (lender) continue;
    all.delete(id);
    all.set(id, { unit: id, unit_kind, station, home, skills, crew });
  }
  return [...all.values()].slice(-MOST_BASES);
}

/** Its unit, its incident and those that wait for it, their hazards and ticks, who else is on them, its timers and messages, and the shut roads; with no unit, the units there are to choose from. */
export function own(rows: readonly Row[], unit: string): Row[] {
  const mine = rows.find((row): row is UnitRow => row.row === 'unit' && row.id === unit);
  if (!mine) return rows.filter((row): row is UnitRow => row.row === 'unit').map((row) => ({ ...row, incident: '', stacked: [] }));
  const incidents = new Set([mine.incident, ...mine.stacked]);
  const there = new Set(rows.flatMap((row) => (row.row === 'incident' && incidents.has(row.id) ? (row as IncidentRow).units : [])));
  const keeps: Record<string, (row: Row) => boolean> = {
    unit: (row) => row.id === unit || there.has(row.id),
    incident: (row) => incidents.has(row.id),
    timer: (row) => there.has((row as unknown as { unit: string }).unit) || (row as unknown as { unit: string }).unit === unit,
    message: (row) => (row as MessageRow).sender === `unit:${unit}` || (row as MessageRow).recipients.includes(`unit:${unit}`),
    hazard: (row) => (row as HazardRow).incidents.some((one) => incidents.has(one)),
    checklist: (row) => incidents.has(row.id),
    help: (row) => row.id === unit,
    post: (row) => row.id === unit,
    check: (row) => (row as CheckRow).units.some((one) => one.unit === unit),
    closure: () => true,
  };
  return rows.filter((row) => keeps[row.row]?.(row));
}
