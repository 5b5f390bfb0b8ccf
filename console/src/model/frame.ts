// Folds frames of the live stream into the tables of rows that the page holds; older or repeated frames change nothing.
import type { Frame, Row } from './contract';

/** One table for each kind of row that ever came: `incident`, `unit`, `position`, `closure` and whatever rooms add. */
export interface Held { id: string; tables: Map<string, Map<string, Row>> }
/** The names of the tables that a frame changed, so that only what shows them is drawn again. */
export type Changed = Set<string>;

export const nothingHeld = (): Held => ({ id: '', tables: new Map() });

/** The table of one kind of row; an empty one begins where none came yet. */
export function table<Kind extends Row>(held: Held, name: Kind['row']): Map<string, Kind> {
  let found = held.tables.get(name);
  if (!found) held.tables.set(name, (found = new Map()));
  return found as Map<string, Kind>;
}

/** True where cursor `a` says no more than `b`: both its ledger position and its trail sequence are at most those of `b`. */
export function notNewer(a: string, b: string): boolean {
  const [ledgerA = 0, trailA = 0] = a.split('.').map(Number);
  const [ledgerB = 0, trailB = 0] = b.split('.').map(Number);
  return b !== '' && ledgerA <= ledgerB && trailA <= trailB;
}

/** Takes a frame in; answers which tables changed, or null where the frame was older than what is held. */
export function fold(held: Held, frame: Frame): Changed | null {
  const changed: Changed = new Set();
  if (frame.whole) {
    for (const [name, rows] of held.tables) {
      rows.clear();
      changed.add(name);
    }
  } else if (notNewer(frame.id, held.id)) return null;
  held.id = frame.id;
  for (const row of frame.rows) {
    table(held, row.row).set(row.id, row);
    changed.add(row.row);
  }
  for (const [name, id] of frame.gone) if (held.tables.get(name)?.delete(id)) changed.add(name);
  return changed;
}
