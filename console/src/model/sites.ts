// Remote sites as the console knows them: what was done at one while its line was cut and could not be kept, until somebody settles it.
import type { Instant, Row, Words } from './contract';

export interface ConflictRow extends Row {
  row: 'conflict'; site: string; person: string; door: string; done_at: Instant; raised_at: Instant; code: string; says: Words; incident: string; unit: string;
}
export interface ConflictView extends Omit<ConflictRow, 'row' | 'id'> {
  conflict: string; command: string | null; closed_at: Instant; closed_by: string; how: string | null;
}

/** The oldest first: whoever waits longest for an answer. */
export const byAge = (rows: readonly ConflictRow[]): ConflictRow[] => [...rows].sort((a, b) => a.done_at - b.done_at || a.id.localeCompare(b.id));

/** What was asked at the site, field by field; what is empty or a key says nothing to people. */
export function asked(command: string | null): [string, string][] {
  if (command === null) return [];
  try {
    const said = JSON.parse(command) as Record<string, unknown>;
    return Object.entries(said).filter(([name, value]) => !['key', 'happened_at', 'paper'].includes(name) && value !== '' && value !== null && value !== 0 && value !== false)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  } catch {
    return [['', command]];
  }
}
