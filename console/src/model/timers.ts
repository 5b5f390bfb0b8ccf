// Running timers as the desk reads them: how far each is over, which presses most, and a list that no storm can flood.
import type { Instant, Words } from './contract';

export interface TimerRow {
  row: 'timer'; id: string; rule: string; condition: string; since: Instant; due_at: Instant; next_at: Instant; priority: number;
  incident: string; unit: string; shift: string; message: string; eta_s: number;
  step: number; to: string; escalated_at: Instant; acknowledged_by: string; acknowledged_at: Instant;
}
export interface RuleLine { code: string; says: Words; letter: string; condition: string; after_s: Record<string, number>; again_s: number }
export interface TimersView { version: string; sample: boolean; rules: RuleLine[] }

/** `raised`: the house told a role of it; `due`: its time is over; `soon`: within half a minute; `held`: somebody has it in hand. */
export type Stage = 'raised' | 'due' | 'soon' | 'held' | 'running';
const SOON_US = 30e6;
const RANK: Record<Stage, number> = { raised: 0, due: 1, soon: 2, held: 3, running: 4 };

export function stage(row: TimerRow, now: Instant): Stage {
  if (row.step > 0) return 'raised';
  if (now >= row.due_at) return 'due';
  if (row.acknowledged_at) return 'held';
  return row.due_at - now <= SOON_US ? 'soon' : 'running';
}

/** The most pressing first: the further it got, then the more pressing the incident, then the longer over. */
export const byPressure = (now: Instant) => (a: TimerRow, b: TimerRow): number =>
  RANK[stage(a, now)] - RANK[stage(b, now)] || a.due_at - b.due_at || a.priority - b.priority || (a.id < b.id ? -1 : 1);

/** What is due, by incident or by unit: of several the one that presses most, so that a row shows one mark. */
export function pressingBy(rows: readonly TimerRow[], now: Instant, by: 'incident' | 'unit'): Map<string, TimerRow> {
  const order = byPressure(now);
  const found = new Map<string, TimerRow>();
  for (const row of rows) {
    const key = row[by];
    if (!key || RANK[stage(row, now)] > RANK.due) continue;
    const other = found.get(key);
    if (!other || order(row, other) < 0) found.set(key, row);
  }
  return found;
}

export const overdue = (rows: readonly TimerRow[], now: Instant): TimerRow[] => rows.filter((row) => RANK[stage(row, now)] <= RANK.due);

/** One line of the list: a timer, or how many more of its rule there are. */
export type TimerLine = { id: string; row: TimerRow; more: 0 } | { id: string; row: TimerRow; more: number };
export const MOST_OF_A_RULE = 6;

/**
 * The timers that are due or soon will be, the furthest over first. Of one rule at most six are shown, then one line says how
 * many more there are: an alarm list that scrolls away tells nobody anything. `opened` are the rules shown whole.
 */
export function listed(rows: readonly TimerRow[], now: Instant, opened: ReadonlySet<string> = new Set()): TimerLine[] {
  const order = byPressure(now);
  const sorted = rows.filter((row) => stage(row, now) !== 'running').sort(order);
  const count = new Map<string, number>();
  const shown: TimerLine[] = [];
  for (const row of sorted) {
    const before = count.get(row.rule) ?? 0;
    count.set(row.rule, before + 1);
    if (before < MOST_OF_A_RULE || opened.has(row.rule)) shown.push({ id: row.id, row, more: 0 });
    else if (before === MOST_OF_A_RULE) shown.push({ id: `more ${row.rule}`, row, more: 1 });
  }
  return shown.map((line) => (line.more ? { ...line, more: (count.get(line.row.rule) ?? 0) - MOST_OF_A_RULE } : line));
}
