// Folds frames of the live stream into the rows that the page holds; older or repeated frames change nothing.
import type { ClosureRow, Frame, IncidentRow, PositionRow, UnitRow } from './contract';

export interface Held {
  id: string;
  incidents: Map<string, IncidentRow>;
  units: Map<string, UnitRow>;
  positions: Map<string, PositionRow>;
  closures: Map<string, ClosureRow>;
}
/** Which tables a frame changed, so that only what shows them is drawn again. */
export interface Changed { incidents: boolean; units: boolean; positions: boolean; closures: boolean }

export const nothingHeld = (): Held => ({
  id: '', incidents: new Map(), units: new Map(), positions: new Map(), closures: new Map(),
});

/** True where cursor `a` says no more than `b`: both its ledger position and its trail sequence are at most those of `b`. */
export function notNewer(a: string, b: string): boolean {
  const [ledgerA = 0, trailA = 0] = a.split('.').map(Number);
  const [ledgerB = 0, trailB = 0] = b.split('.').map(Number);
  return b !== '' && ledgerA <= ledgerB && trailA <= trailB;
}

/** Takes a frame in; answers what changed, or null where the frame was older than what is held. */
export function fold(held: Held, frame: Frame): Changed | null {
  const tables = { incident: held.incidents, unit: held.units, position: held.positions, closure: held.closures };
  const changed: Changed = { incidents: frame.whole, units: frame.whole, positions: frame.whole, closures: frame.whole };
  if (frame.whole) for (const table of Object.values(tables)) table.clear();
  else if (notNewer(frame.id, held.id)) return null;
  held.id = frame.id;
  for (const row of frame.rows) {
    // A row of a table this page does not know yet belongs to a newer server: it is left aside.
    if (!(row.row in tables)) continue;
    (tables[row.row] as Map<string, typeof row>).set(row.id, row);
    changed[`${row.row}s`] = true;
  }
  for (const [name, id] of frame.gone) {
    const table = tables[name as keyof typeof tables] as Map<string, unknown> | undefined;
    if (table?.delete(id)) changed[`${name}s` as keyof Changed] = true;
  }
  return changed;
}
