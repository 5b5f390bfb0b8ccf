// What of the floor's picture is kept on a phone: what its own unit needs, and no more.
import type { ChecklistsView } from '../model/checklists';
import type { FleetView, IncidentRow, Instant, Me, PlanView, Row, UnitRow } from '../model/contract';
import type { HazardKinds, HazardRow } from '../model/hazards';
import type { MessageRow } from '../model/letters';
import type { TimersView } from '../model/timers';

/** A spot check; `open` and `missing` units have not answered. */
export interface CheckRow extends Row { by: string; words: string; called_at: Instant; due_at: Instant; units: { unit: string; shift: string; heard: string }[] }
export interface Picture { at: Instant; heard: Instant; rows: Row[] }
export interface Who { me: Me; plan: PlanView; fleet: FleetView; timers: TimersView; hazards?: HazardKinds; checklists?: ChecklistsView }

/** Its unit, its incident and those that wait for it, their hazards and ticks, who else is on them, its timers and messages, and the shut roads; with no unit, the units there are to choose from. */
export function own(rows: readonly Row[], unit: string): Row[] {
  const mine = rows.find((row): row is UnitRow => row.row === 'unit' && row.id === unit);
  if (!mine) return rows.filter((row) => row.row === 'unit');
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
    check: (row) => (row as CheckRow).units.some((one) => one.unit === unit),
    closure: () => true,
  };
  return rows.filter((row) => keeps[row.row]?.(row));
}
