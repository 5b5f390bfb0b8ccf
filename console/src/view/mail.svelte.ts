// This desk's messages: who can be written to, sending and answering, and marking what came here as delivered and read.
import type { FoundPlaces } from '../model/contract';
import { ask, see } from '../house/doors';
import { desk } from '../house/desk.svelte';
import { mine, unread, type Addressee, type Addressees, type MessageRow, type ThreadView } from '../model/letters';
import { shortNumber } from '../model/age';
import type { TimerRow } from '../model/timers';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

const AREA_M = 1000;
const ROLES: Record<string, () => string> = {
  call_taker: m.msg_role_call_taker, dispatcher: m.msg_role_dispatcher, supervisor: m.msg_role_supervisor, responder: m.msg_role_responder,
  planner: m.msg_role_planner, auditor: m.msg_role_auditor, admin: m.msg_role_admin,
};
export const roleName = (code: string): string => ROLES[code]?.() ?? code;
const rows = (floor: Floor): MessageRow[] => floor.live.rows<MessageRow>('message');
const me = (): { name: string; roles: string[] } => ({ name: desk.me?.name ?? '', roles: desk.me?.roles ?? [] });

/** What the messages sheet shows: a thread, and to whom the next message goes. It outlives the sheet, so nothing typed is lost. */
class Mail {
  thread = $state('');
  read = $state.raw<ThreadView | null>(null);
  to = $state.raw<Addressee | null>(null);
  toWords = $state('');
  text = $state('');
  answer = $state('');
  urgent = $state(false);
  answerBy = $state(0);
  /** Grows each time somebody asks to write, so that an open sheet takes the focus there. */
  asked = $state(0);
}
export const mail = new Mail();

/** Messages that wait for this desk to read them. */
export const waiting = (floor: Floor): MessageRow[] => rows(floor).filter((row) => unread(row, me().name, me().roles));

export function addressees(floor: Floor): Addressees {
  const kinds = desk.fleet?.kinds ?? [];
  const names = rows(floor).flatMap((row) => [row.sender, ...row.recipients]).filter((one) => one.startsWith('person:')).map((one) => one.slice(7));
  return {
    units: floor.live.units.map(({ id, station }) => ({ id, station })),
    // What people call the units with a skill is mostly the name of the kind of unit that has it first.
    skills: Object.entries(desk.plan?.skills ?? {}).map(([code, says]) => ({
      code, en: says.en, zh: says.zh, also: kinds.filter((kind) => kind.skills[0] === code).flatMap((kind) => [kind.says.en, kind.says.zh]),
    })),
    roles: Object.keys(ROLES).map((code) => ({ code, en: m[`msg_role_${code}` as 'msg_role_admin']({}, { locale: 'en' }), zh: m[`msg_role_${code}` as 'msg_role_admin']({}, { locale: 'zh' }) })),
    incidents: floor.live.incidents.filter((row) => row.units.length).map((row) => row.id),
    persons: names.filter((name, at) => names.indexOf(name) === at && name !== me().name),
  };
}

/** A recipient as a sentence names it. */
export function calls(one: { kind: string; to: string }): string {
  switch (one.kind) {
    case 'role': return roleName(one.to);
    case 'skill': return m.msg_all_with({ skill: desk.skill(one.to) });
    case 'incident': return m.msg_incident_units({ number: shortNumber(one.to) });
    case 'area': return m.msg_area({ place: one.to });
    case 'everyone': return m.msg_everyone();
    default: return one.to;
  }
}
/** `unit:E7`, `role:supervisor`, `person:…` as people say it. */
export const party = (one: string): string => {
  const [kind = '', name = ''] = [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)];
  return kind === 'role' ? roleName(name) : name;
};

export async function send(floor: Floor, to: Addressee, said: { text: string; urgent?: boolean; answer_by_s?: number; incident?: string }): Promise<boolean> {
  let round = {};
  if (to.kind === 'area') {
    const found = await see<FoundPlaces>('/api/places', { q: to.to, limit: 1 }).catch(() => null);
    const best = found?.places[0];
    if (!best) {
      floor.notice = { kind: 'fault', text: m.gap_place_unknown({ said: to.to }), advice: m.advice_place(), at: performance.now() };
      return false;
    }
    round = { lon: best.place.lon, lat: best.place.lat, within_m: AREA_M };
  }
  return floor.act(() => ask('/api/messages', { to_kind: to.kind, to: to.to, ...said, ...round }), m.msg_sent({ to: calls(to) }));
}

export function answer(floor: Floor, row: MessageRow, text: string): Promise<boolean> {
  const [recipient] = mine(row, me().name, me().roles);
  if (!recipient) return Promise.resolve(false);
  return floor.act(() => ask(`/api/messages/${row.id}/answer`, { recipient, text }), m.msg_answered_now({ to: party(row.sender) }));
}

/** Opens a thread; its texts come from the house, which keeps that they were shown, and what was for this desk is marked as read. */
export async function open(floor: Floor, thread: string): Promise<void> {
  mail.thread = thread;
  if (!thread) return void (mail.read = null);
  const found = await see<ThreadView>(`/api/messages/${thread}`).catch(() => null);
  if (mail.thread !== thread) return;
  mail.read = found;
  if (found) await mark(rows(floor).filter((row) => row.thread === thread), 'read');
}

const asked: Record<string, boolean> = {};
/** Marks messages as delivered or read for each recipient that this desk speaks for; another desk may have been first. */
export async function mark(given: MessageRow[], as: 'delivered' | 'read'): Promise<void> {
  for (const row of given) {
    for (const recipient of mine(row, me().name, me().roles)) {
      const key = `${row.id} ${recipient} ${as}`;
      if (row[as].includes(recipient) || asked[key]) continue;
      asked[key] = true;
      await ask(`/api/messages/${row.id}/${as}`, { recipient }).catch(() => (asked[key] = false));
    }
  }
}

/** To the messages sheet, with a recipient filled in. */
export function write(floor: Floor, to: Addressee): void {
  mail.thread = '';
  mail.to = to;
  mail.toWords = calls(to);
  mail.asked += 1;
  floor.sheet = 'messages';
}

/** What timers and messages have added to an incident's story so far, as a mark that changes when they add something. */
export function told(floor: Floor, incident: string): string {
  const timers = floor.live.rows<TimerRow>('timer').filter((row) => row.incident === incident).map((row) => `${row.id}${row.step}${row.since}${row.acknowledged_at}`);
  return `${rows(floor).filter((row) => row.incident === incident).length} ${timers.join()}`;
}
