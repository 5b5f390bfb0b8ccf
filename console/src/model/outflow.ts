// What is given out: the rows and answers of its doors, and how an export stands at a moment.
import type { Instant } from './contract';

export type What = 'incidents' | 'story' | 'facts' | 'statistics';
export const WHATS: readonly What[] = ['incidents', 'story', 'facts', 'statistics'];
export type To = 'court' | 'agency' | 'insurer' | 'researcher' | 'person';
export const TOS: readonly To[] = ['court', 'agency', 'insurer', 'researcher', 'person'];
export type FieldClass = 'caller' | 'number' | 'words' | 'file';

export interface ExportRow {
  row: 'export'; id: string; what: What; recipient_kind: To; fields: FieldClass[]; by: string; at: Instant; expires_at: Instant; copies: number;
  state: 'asked' | 'approved' | 'refused' | 'withdrawn'; decided_by: string; delivered: number; rows: number; about: string;
}
export interface ExportStep { what: string; by: string; at: Instant; position: number; rows: number; copy: number }
export interface ExportView { export: string; recipient: string | null; basis: string | null; reason: string | null; steps: ExportStep[] }
export interface Preview {
  export: string; position: number; columns: string[]; first: string[][]; rows: number; records: number; some_records: string[]; fields: FieldClass[]; files: number;
}
export interface Receiving {
  how: 'export' | 'handed_over' | 'printed' | 'file' | 'shown'; record: string; at: Instant; by: string; position: number; fields: string[];
  to: string | null; export: string; copy: number; door: string; purpose: string;
}
export interface Received { record: string; total: number; received: Receiving[] }
export interface Traced { layer: 'picture' | 'unseen' | 'wording' | 'told' | 'none'; export: string; chance: number; agree: number; seen: number }

/** How an export stands now: what was decided, or that its time or its copies are over. */
export type Standing = ExportRow['state'] | 'expired' | 'spent';
export function standing(row: ExportRow, now: Instant): Standing {
  if (row.state === 'refused' || row.state === 'withdrawn') return row.state;
  if (row.delivered >= row.copies) return 'spent';
  return now >= row.expires_at ? 'expired' : row.state;
}

/** Those that wait for somebody first, then the latest. */
export const listed = (rows: ExportRow[], now: Instant): ExportRow[] =>
  [...rows].sort((one, other) => Number(standing(other, now) === 'asked') - Number(standing(one, now) === 'asked') || other.at - one.at);

/** Which classes of personal field may be asked for with it. */
export const FIELDS: Record<What, readonly FieldClass[]> = { incidents: ['caller', 'number', 'words'], story: ['caller', 'number', 'words', 'file'], facts: [], statistics: [] };

/** The day of a date field, as the instant at which it begins in UTC; not a number where there is none. */
export const dayOf = (date: string): Instant => Date.parse(`${date}T00:00:00Z`) * 1000;
