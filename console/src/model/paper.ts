// Reading a line of the back-entry: times as they stand on paper, units with theirs, and the steps that keep it, in order.
import type { Instant } from './contract';

const DAY_US = 86_400e6;

/** Microseconds by which a zone's clock is ahead of UTC at a moment. */
function ahead(at: Instant, zone: string): number {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at / 1000).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 - Math.floor(at / 1e6) * 1e6;
}

/** The latest moment not after `now` at which the city's clock showed this: `812`, `0812`, `08:12`, `08:12:30`; null for no such time. */
export function when(said: string, now: Instant, zone: string): Instant | null {
  const found = /^(\d{1,2}):?(\d{2})(?::?(\d{2}))?$/.exec(said.trim());
  if (!found) return null;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const local = now + ahead(now, zone);
  const at = Math.floor(local / DAY_US) * DAY_US + (hour * 3600 + minute * 60 + second) * 1e6 - ahead(now, zone);
  return at <= now ? at : at - DAY_US;
}

export interface Sent { unit: string; sent: Instant; there: Instant | null; free: Instant | null }
export interface Wrong { code: 'unit' | 'time' | 'order' | 'before'; said: string }

/** Units with their times: `E7 0812 0819 0840, A4 0813 - 0850`; `-` where a unit never got there. */
export function units(said: string, called: Instant, now: Instant, zone: string, known: readonly string[]): Sent[] | Wrong {
  const found: Sent[] = [];
  for (const part of said.split(/[,，;；]/).map((one) => one.trim()).filter(Boolean)) {
    const [name = '', ...words] = part.split(/\s+/);
    const unit = known.find((one) => one.toLowerCase() === name.toLowerCase());
    if (!unit || !words.length || words.length > 3) return { code: 'unit', said: part };
    const times: (Instant | null)[] = [];
    for (const word of words) {
      const at = word === '-' ? null : when(word, now, zone);
      if (at === null && word !== '-') return { code: 'time', said: word };
      times.push(at);
    }
    const [sent = null, there = null, free = null] = times;
    if (sent === null) return { code: 'unit', said: part };
    if (sent < called) return { code: 'before', said: unit };
    const given = [sent, there, free].filter((at): at is Instant => at !== null);
    if (given.some((at, n) => n > 0 && at < (given[n - 1] ?? 0))) return { code: 'order', said: unit };
    found.push({ unit, sent, there, free });
  }
  return found;
}

export interface Doing { what: string; path: string; body: Record<string, unknown> }

/** Everything on a form but the call itself, oldest first; each with a key of its own, so that a second try keeps nothing twice. */
export function steps(form: string, incident: string, sent: readonly Sent[], shifts: Record<string, string>, end: { disposition: string; at: Instant } | null): Doing[] {
  const timed: { at: Instant; doing: Doing }[] = [];
  const add = (at: Instant, what: string, path: string, body: object): void => {
    timed.push({ at, doing: { what, path, body: { ...body, happened_at: at, paper: form, key: `paper ${form} ${what}` } } });
  };
  for (const one of sent) {
    const shift = shifts[one.unit] ?? '';
    add(one.sent, `${one.unit} sent`, `/api/incidents/${incident}/assign`, { unit: one.unit, shift });
    if (one.there !== null) add(one.there, `${one.unit} there`, `/api/units/${one.unit}/state`, { shift, state: 'at_scene' });
    if (one.free !== null) add(one.free, `${one.unit} free`, `/api/units/${one.unit}/state`, { shift, state: 'available' });
  }
  timed.sort((a, b) => a.at - b.at);
  if (end) add(end.at, 'ended', `/api/incidents/${incident}/close`, { disposition: end.disposition });
  return timed.map(({ doing }) => doing);
}
