// The queue's rules: when an action happened by the house's clock, what an answer means for it, and what waits behind a no.
import type { Instant, Problem, UnitRow } from '../model/contract';

export type What = 'state' | 'acknowledge' | 'note' | 'message' | 'answer' | 'mark' | 'file' | 'timer' | 'help' | 'sign-on' | 'sign-off' | 'check' | 'handling' | 'hazard' | 'tick' | 'untick' | 'post' | 'start' | 'end';
/** `settled`: refused, and the person has said what becomes of it. Kept ones stay in sight for a while and then go. */
export type Stand = 'queued' | 'kept' | 'refused' | 'settled';

export interface Draft {
  what: What; path: string; body: Record<string, unknown>; incident: string; unit: string; shift: string;
  /** A photo or a voice note, and what it is called. */
  file: Blob | null; name: string;
  /** Of what dispatch is told by itself: the action that was refused. */
  about: number;
  /** When it was begun by this device, where that was before it was written down, as of a voice note; 0: it was then. */
  began: Instant;
}
export interface Action extends Draft {
  id: number; key: string; by: string;
  /** When it happened by this device, and how far the house's clock was ahead then, as last measured; null: never measured. */
  at: Instant; ahead: Instant | null;
  stand: Stand; tries: number; problem: Problem | null;
  /** When the house kept it, by this device; 0: not yet. `again`: it had been kept before, and was not kept twice. */
  heard: Instant; again: boolean;
}

export const MOST_KEPT = 60;
export const MOST_FILE_BYTES = 10 * 1024 * 1024;
/** So many bytes of photos and voice wait on the phone at most. */
export const MOST_FILES_BYTES = 200 * 1024 * 1024;
const LONGEST_MS = 60_000;

export const draft = (what: What, path: string, body: Record<string, unknown>, rest: Partial<Draft> = {}): Draft =>
  ({ what, path, body, incident: '', unit: '', shift: '', file: null, name: '', about: 0, began: 0, ...rest });

export const taken = (made: Draft, key: string, by: string, at: Instant, ahead: Instant | null): Omit<Action, 'id'> =>
  ({ ...made, key, by, at: made.began || at, ahead, stand: 'queued', tries: 0, problem: null, heard: 0, again: false });

/** When it happened by the house's clock, as near as this phone knows; never later than now, which no action can be. */
export const happened = (one: Pick<Action, 'at' | 'ahead'>, ahead: Instant | null, device: Instant): Instant =>
  Math.min(one.at + (one.ahead ?? ahead ?? 0), device + (ahead ?? one.ahead ?? 0));

/** What a no means: send it again later, sign in first, it was so already, or the house will not have it. */
export type Meaning = 'again' | 'sign-in' | 'known' | 'refused';
const KNOWN = new Set(['already_marked', 'assignment_acknowledged', 'not_signed_on', 'help_not_called', 'check_answered', 'item_ticked', 'item_not_ticked']);
export function meaning({ status, code }: Problem): Meaning {
  if (status === 401) return 'sign-in';
  if (KNOWN.has(code)) return 'known';
  // Whoever speaks without a code of ours is not the house: a proxy, a hotel's sign-in page.
  return status >= 400 && status < 500 && status !== 408 && status !== 429 && !code.startsWith('http_') ? 'refused' : 'again';
}

/** How long to leave the house alone after so many failures in a row. */
export const pause_ms = (tries: number, asked_s = 0): number => Math.max(asked_s * 1000, Math.min(LONGEST_MS, 1000 * 2 ** Math.min(tries, 6)));

/** The order of sending: a call for help before all else, then everything as it happened, then what is heavy. */
const RANK = (one: Draft): number => (one.what === 'help' ? 0 : one.what === 'file' ? 2 : 1);
export const inOrder = (actions: readonly Action[]): Action[] => [...actions].sort((a, b) => RANK(a) - RANK(b) || a.id - b.id);
export const queued = (actions: readonly Action[], by: string): Action[] => inOrder(actions.filter((one) => one.stand === 'queued' && one.by === by));

const STEPS: readonly What[] = ['state', 'acknowledge'];
/** What goes into the same question as a refused step: the later steps at the same incident. Words, photos and calls for help wait for nobody. */
export const behind = (actions: readonly Action[], refused: Action): Action[] =>
  (STEPS.includes(refused.what) && refused.incident
    ? actions.filter((one) => one.id > refused.id && one.stand === 'queued' && one.by === refused.by && one.unit === refused.unit
      && one.incident === refused.incident && STEPS.includes(one.what))
    : []);

/** Refused actions that are one question: the steps of a unit at one incident are asked about together, anything else by itself. */
export function questions(actions: readonly Action[], by: string): Action[][] {
  const found = new Map<string, Action[]>();
  for (const one of actions.filter((each) => each.stand === 'refused' && each.by === by)) {
    const key = STEPS.includes(one.what) && one.incident ? `${one.unit} ${one.incident}` : String(one.id);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

/** A unit as it will stand once the house has heard what is queued; what the board says of later moments wins nothing here, the house decides. */
export function expected(unit: UnitRow, actions: readonly Action[]): Pick<UnitRow, 'state' | 'incident' | 'since'> {
  let { state, incident, since } = unit;
  for (const one of actions) {
    if (one.stand !== 'queued' || one.what !== 'state' || one.unit !== unit.id || one.shift !== unit.shift || one.incident !== incident) continue;
    state = String(one.body['state']);
    since = one.at + (one.ahead ?? 0);
    if (state === 'available' || state === 'out_of_service') incident = '';
  }
  return { state, incident, since };
}

/** Kept and settled ones beyond the newest few, which may go. */
export const spent = (actions: readonly Action[], most = MOST_KEPT): Action[] => {
  const done = actions.filter((one) => one.stand === 'kept' || one.stand === 'settled');
  return done.slice(0, Math.max(0, done.length - most));
};
