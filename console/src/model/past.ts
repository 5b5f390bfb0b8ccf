// The past as the doors give it, times as people type them, and what differs between two seconds.
import type { Frame, IncidentRow, Instant, Row, UnitRow } from './contract';
import { moment } from './age';

export type Trail = 'whole' | 'thinned' | 'expired';
export interface PastFrame extends Frame { known_at: Instant; trail: Trail }
export interface Mark { at: Instant; what: 'p1' | 'raised' | 'closed_road'; of: string }
export interface Span { first: Instant; last: Instant; ready: Instant; marks: Mark[] }

export const SECOND = 1e6;
const WRITTEN = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2})[:：]?(\d{2})(?:[:：]?(\d{2}))?$/;

const utc = (written: string): number => Date.parse(`${written.replace(' ', 'T')}Z`) * 1000;

/** The instant that a typed time means in the city's zone: '21:04:09', '21:04', '210409', or with a date before it; a time alone is of the day of `near`. */
export function instantOf(text: string, near: Instant, zone: string): Instant | null {
  const found = WRITTEN.exec(text.normalize('NFKC').trim());
  if (!found) return null;
  const [, year, month, day, hour = '', minute = '', second = '0'] = found;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const two = (part: string): string => part.padStart(2, '0');
  const date = year ? `${year}-${two(month ?? '')}-${two(day ?? '')}` : moment(near, zone).slice(0, 10);
  const wanted = utc(`${date} ${two(hour)}:${two(minute)}:${two(second)}`);
  if (Number.isNaN(wanted)) return null;
  // The zone's offset is found by asking how a guess is written there; twice, since the guess may lie across a change of clocks.
  let at = wanted;
  for (let turn = 0; turn < 2; turn += 1) at += wanted - utc(moment(at, zone));
  return at;
}

export interface Difference { table: string; id: string; how: 'came' | 'left' | 'changed'; before: Row | null; after: Row | null; fields: string[] }
const ORDER = ['incident', 'unit', 'closure'];

/** What changed between two pictures, table by table; positions are left out, since every one of them moves. */
export function differences(before: Row[], after: Row[]): Difference[] {
  const key = (row: Row): string => `${row.row} ${row.id}`;
  const [was, is] = [new Map(before.map((row) => [key(row), row])), new Map(after.map((row) => [key(row), row]))];
  const found: Difference[] = [];
  for (const at of new Set([...was.keys(), ...is.keys()])) {
    const [one, two] = [was.get(at) ?? null, is.get(at) ?? null];
    const row = two ?? one;
    if (!row || row.row === 'position' || row.row === 'timer') continue; // clocks tell nothing that their unit's or incident's row does not
    const fields = one && two ? changed(one, two) : [];
    if (one && two && !fields.length) continue;
    found.push({ table: row.row, id: row.id, how: !one ? 'came' : !two ? 'left' : 'changed', before: one, after: two, fields });
  }
  const place = (one: Difference): number => (ORDER.indexOf(one.table) + ORDER.length + 1) % (ORDER.length + 1);
  return found.sort((a, b) => place(a) - place(b) || (a.table < b.table ? -1 : a.table > b.table ? 1 : a.id < b.id ? -1 : 1));
}

function changed(one: Row, two: Row): string[] {
  const [a, b] = [one as unknown as Record<string, unknown>, two as unknown as Record<string, unknown>];
  return Object.keys({ ...a, ...b }).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}

/** The short of a row for a list of differences: what about it a desk would name. */
export function gist(row: Row): { priority: number; units: string[]; state: string; incident: string } {
  const { priority = 0, units = [] } = row as Partial<IncidentRow>;
  const { state = '', incident = '' } = row as Partial<UnitRow>;
  return { priority, units, state, incident };
}
