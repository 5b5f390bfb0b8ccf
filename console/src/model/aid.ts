// Help between cities as the stream tells it: what is asked both ways, units lent and borrowed, letters not yet taken; and what waits for somebody here.
import type { Instant, Need, Place, Row, Words } from './contract';

export interface AidRow extends Row {
  row: 'aid'; ours: boolean; city: string; incident: string; place: Place; kind: string; priority: number; needs: Need[];
  since: Instant; until: Instant; state: 'open' | 'declined' | 'ended'; reason: string; loans: string[]; incident_closed: boolean;
}
export interface LoanRow extends Row {
  row: 'loan'; borrowed: boolean; city: string; unit: string; shift: string; aid: string; incident: string; state: string; since: Instant; eta_s: number; recalled: boolean;
}
export interface LetterRow extends Row { row: 'letter'; to: string; letter: { what: string; aid?: string; theirs?: { unit: string } }; since: Instant; code: string }
export interface AidView { sample: boolean; neighbours: Record<string, Words>; consent: string[]; stays: Record<string, number> }
export interface Candidates {
  appeal: string; joint: boolean; candidates: { unit: string; shift: string; unit_kind: string; skills: string[]; eta_s: number | null }[];
}

export const REASONS = ['busy', 'least_stays', 'too_far', 'no_such_unit', 'other'] as const;

/** A letter is brought within a second where the neighbour answers; one that waits longer than this says that it does not. */
export const SILENT_US = 15e6;

/** Since when each neighbour has taken no letter, where one has waited for too long. */
export function silent(letters: readonly LetterRow[], now: Instant): Map<string, Instant> {
  const found = new Map<string, Instant>();
  for (const one of letters) {
    if (!one.code && now - one.since > SILENT_US) found.set(one.to, Math.min(one.since, found.get(one.to) ?? one.since));
  }
  return found;
}

const oldest = (a: { since: Instant; id: string }, b: { since: Instant; id: string }): number => a.since - b.since || a.id.localeCompare(b.id);
const asked = (row: AidRow): number => row.needs.reduce((sum, need) => sum + need.count, 0);

/** What neighbours ask of us and has no answer yet, the oldest first; as many units as were asked for are an answer. */
export const appeals = (rows: readonly AidRow[]): AidRow[] => rows.filter((row) => !row.ours && row.state === 'open' && row.loans.length < asked(row)).sort(oldest);
/** What neighbours ask and was answered with units. */
export const answered = (rows: readonly AidRow[]): AidRow[] => rows.filter((row) => !row.ours && row.state === 'open' && row.loans.length >= asked(row)).sort(oldest);
/** What we ask, the oldest first; of one incident, where it is named. */
export const askings = (rows: readonly AidRow[], incident = ''): AidRow[] => rows.filter((row) => row.ours && (!incident || row.incident === incident)).sort(oldest);
export const loansOf = (rows: readonly LoanRow[], borrowed: boolean): LoanRow[] => rows.filter((row) => row.borrowed === borrowed).sort(oldest);

export type Standing = 'asked' | 'refused' | 'heard' | 'lent' | 'declined' | 'ended';

/** How far an asking of ours has come; it is heard once its letter was taken, and refused where that was refused for good. */
export function standing(row: AidRow, letters: readonly LetterRow[]): Standing {
  if (row.state !== 'open') return row.state;
  if (row.loans.length) return 'lent';
  const letter = letters.find((one) => one.id === `asked/${row.id}`);
  return !letter ? 'heard' : letter.code ? 'refused' : 'asked';
}

/** How much of all this waits for somebody of this city: appeals, units that their city wants back, and a no that nobody has seen. */
export const aidWaits = (aids: readonly AidRow[], loans: readonly LoanRow[]): number => appeals(aids).length
  + loans.filter((row) => row.borrowed && row.recalled).length + aids.filter((row) => row.ours && row.state === 'declined' && !row.loans.length).length;

/** Somebody waits over there for whom every minute counts, or the time that was asked for is over. */
export const aidPresses = (aids: readonly AidRow[], now: Instant): boolean => appeals(aids).some((row) => row.priority === 1 || row.until < now);
