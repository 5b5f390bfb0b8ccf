// The staff's own use as the console knows it: findings and their evidence, samples to review, and legal holds with what falls due.
import type { Instant, Row, Words } from './contract';

export type Decision = 'explained' | 'mistake' | 'breach';
export const DECISIONS: readonly Decision[] = ['explained', 'mistake', 'breach'];
export interface FindingRow extends Row { row: 'finding'; pattern: string; since: Instant; decision: Decision | null; decided_by: string }
export interface FindingView {
  row: FindingRow | null; staff: string; pattern: string; records: string[]; positions: number[]; measured: Record<string, number>; glass: string;
  note: string | null; answer: string | null;
}
export interface OwnFinding {
  finding: string; pattern: string; since: Instant; records: string[]; measured: Record<string, number>; decision: Decision; decided_by: string; answered: boolean;
}
export interface SampleRow extends Row { row: 'sample'; day: string; since: Instant; count: number; outcome: 'ordinary' | 'questioned' | null; reviewed_by: string; late: boolean }
export interface DrawnShowing { record: string; incident: string; door: string; purpose: string; fields: string[]; at: Instant; position: number }
export interface SampleView { row: SampleRow | null; staff: string; showings: DrawnShowing[]; root: string; size: number }
export interface HoldRow extends Row {
  row: 'hold'; subject: string; since: Instant; until: Instant; asked_by: string; granted_by: string; lift_asked_by: string; lifted_by: string; held: number;
}
export interface HoldView { row: HoldRow | null; stands: boolean; reason: string | null; lift_reason: string | null; records: { record: string; rule: string; at: Instant; position: number }[] }
export interface Retention {
  version: string; sample: boolean; hour: number; rules: { rule: string; says: Words; days: number; basis: Words }[];
  due: { record: string; rule: string; ended: Instant; hold: string }[]; epoch: number; rotated_at: Instant | null;
}

/** What nobody has decided or reviewed yet first, the oldest first; then the latest that somebody did. */
export function waitingFirst<T extends { since: Instant }>(rows: readonly T[], waits: (row: T) => boolean): T[] {
  return [...rows].sort((a, b) => Number(waits(b)) - Number(waits(a)) || (waits(a) ? a.since - b.since : b.since - a.since));
}

export type HoldState = 'asked' | 'stands' | 'lift_asked' | 'lifted' | 'over';
export function holdState(row: HoldRow, now: Instant): HoldState {
  if (row.lifted_by) return 'lifted';
  if (row.until <= now) return 'over';
  if (!row.granted_by) return 'asked';
  return row.lift_asked_by ? 'lift_asked' : 'stands';
}
/** Whether a hold waits for somebody else than the one who asked last. */
export function holdWaits(row: HoldRow, now: Instant, me: string): boolean {
  const state = holdState(row, now);
  return (state === 'asked' && row.asked_by !== me) || (state === 'lift_asked' && row.lift_asked_by !== me);
}
