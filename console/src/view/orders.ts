// What an order would do, in words, and its doing: the bridge from the command bar's grammar to the floor.
import type { FoundPlaces, Offer } from '../model/contract';
import type { Gap, Known, Named, Order, Page } from '../model/grammar';
import type { TrackerRow } from '../model/trackers';
import { desk } from '../house/desk.svelte';
import { see } from '../house/doors';
import { shortNumber } from '../model/age';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';
import { kindName } from './hazards';
import { join, link, separate, unlink } from './joining';
import { addressees, calls, send } from './mail.svelte';
import { askCheck, CHECKS_DOOR, POSTS_DOOR, USUAL_S } from './checking';
import { MOVES_DOOR } from './moving';
import { STUDIES_DOOR } from './planning';
import { bind, BIND_DOOR, free, TRACKERS_DOOR } from './tracking';

const entries = (words: Record<string, { en: string; zh: string }>): Named[] =>
  Object.entries(words).map(([code, says]) => ({ code, en: says.en, zh: says.zh }));

/** What the grammar reads words against, as the board stands now. */
export function known(floor: Floor): Known {
  return {
    units: floor.live.units.map(({ id, incident, station, state }) => ({ id, incident, station, state })),
    trackers: floor.live.rows<TrackerRow>('tracker').map(({ id, unit }) => ({ id, unit })),
    incidents: floor.live.incidents.map(({ id }) => id),
    states: entries(desk.fleet?.states ?? {}),
    kinds: (desk.plan?.kinds ?? []).map(({ code, says }) => ({ code, en: says.en, zh: says.zh })),
    dispositions: entries(desk.plan?.dispositions ?? {}),
    closures: floor.live.closures.map(({ id, text }) => ({ id, text })),
    hazards: (desk.hazards?.kinds ?? []).map(({ code, says }) => ({ code, en: says.en, zh: says.zh })),
    centres: (floor.reception.lines?.centres ?? []).map(({ code, says }) => ({ code, en: says.en, zh: says.zh })),
    selected: floor.selected,
    joined: floor.live.incidents.flatMap((row) => row.joined.map((one) => ({ id: one.incident, into: row.id }))),
    addressees: addressees(floor),
  };
}

const DOORS: Partial<Record<Order['verb'], string>> = {
  assign: '/api/incidents/{incident}/assign', 'stand-down': '/api/incidents/{incident}/stand-down', swap: '/api/incidents/{incident}/swap',
  why: '/api/incidents/{incident}/offers', state: '/api/units/{unit}/state', priority: '/api/incidents/{incident}/priority', alarm: '/api/incidents/{incident}/alarm',
  note: '/api/incidents/{incident}/notes', close: '/api/incidents/{incident}/close', call: '/api/calls', 'hand-over': '/api/calls/{call}/hand-over', shut: '/api/closures',
  reopen: '/api/closures/{closure}/reopen', find: '/api/places',
  join: '/api/incidents/{incident}/join', separate: '/api/incidents/{incident}/separate', link: '/api/incidents/{incident}/link',
  unlink: '/api/incidents/{incident}/unlink',
  message: '/api/messages', hazard: '/api/hazards', check: CHECKS_DOOR, bind: BIND_DOOR, free: '/api/trackers/{tracker}/free',
};
const LOOKS: Order['verb'][] = ['select', 'select-unit', 'page'];
const PAGES: Record<Page, { door: string; says: () => string }> = {
  planning: { door: STUDIES_DOOR, says: m.plan_order }, moves: { door: MOVES_DOOR, says: m.move_order },
  moved: { door: '/api/cover/moves/report', says: m.moved_order },
  posts: { door: POSTS_DOOR, says: m.posts_order }, trackers: { door: TRACKERS_DOOR, says: m.track_order }, cover: { door: '/api/cover', says: m.layer_order_cover },
  handbook: { door: '/api/handbook', says: m.handbook_order },
};

/** Why an order cannot be given now, in words; empty where it can. */
export function barred(order: Order, floor: Floor): string {
  const door = order.verb === 'page' ? PAGES[order.page].door : DOORS[order.verb];
  if (door && !desk.may(door)) return m.why_role();
  return LOOKS.includes(order.verb) ? '' : floor.why;
}

export function says(order: Order): string {
  const number = 'incident' in order ? shortNumber(order.incident) : '';
  switch (order.verb) {
    case 'assign': return m.order_assign({ unit: order.unit, incident: number });
    case 'stand-down': return m.order_stand_down({ unit: order.unit, incident: number });
    case 'why': return m.order_why({ unit: order.unit, incident: number });
    case 'swap': return m.order_swap({ unit: order.unit, to: order.to, incident: number });
    case 'state': return m.order_state({ unit: order.unit, state: desk.state(order.state) });
    case 'select': return m.order_select({ incident: number });
    case 'select-unit': return m.order_select_unit({ unit: order.unit });
    case 'priority': return m.order_priority({ incident: number, priority: order.priority });
    case 'alarm': return order.alarm ? m.alarm_order({ incident: number, alarm: order.alarm }) : m.alarm_order_next({ incident: number });
    case 'note': return m.order_note({ incident: number });
    case 'close': {
      const disposition = desk.plan?.dispositions[order.disposition];
      return m.order_close({ incident: number, disposition: disposition ? desk.in(disposition) : order.disposition });
    }
    case 'hand-over': return m.queue_order_hand_over({ incident: number, to: order.to });
    case 'call': return m.order_call({ place: order.place, kind: desk.kind(order.kind), priority: order.priority || '–' });
    case 'shut': return m.order_shut({ place: order.place });
    case 'reopen': return m.order_reopen({ place: order.place });
    case 'join': return m.alike_order_join({ incident: number, into: shortNumber(order.to) });
    case 'separate': return m.alike_order_separate({ incident: number, from: shortNumber(order.to) });
    case 'link': return m.alike_order_link({ incident: number, to: shortNumber(order.to) });
    case 'unlink': return m.alike_order_unlink({ incident: number, to: shortNumber(order.to) });
    case 'hazard': return m.hazard_order({ kind: kindName(order.kind), incident: number });
    case 'find': return m.order_find({ place: order.place });
    case 'page': return PAGES[order.page].says();
    case 'check': return order.said ? m.check_order({ who: order.said, count: order.units.length }) : m.check_order_all({ count: order.units.length });
    case 'bind': return order.once ? m.track_order_bind_shift({ tracker: order.tracker, unit: order.unit }) : m.track_order_bind({ tracker: order.tracker, unit: order.unit });
    case 'free': return m.track_order_free({ tracker: order.tracker });
    case 'message': return m.msg_order({ to: calls(order.recipient), text: order.text });
  }
}

export function lacking(gap: Gap): string {
  const said = gap.said;
  const words: Record<Gap['code'], () => string> = {
    idle: m.gap_idle, words: () => m.gap_words({ said }), place: m.gap_place, note: m.gap_note,
    unit: () => (said ? m.gap_unit_unknown({ said }) : m.gap_unit()),
    incident: () => (said ? m.gap_incident_unknown({ said }) : m.gap_incident()),
    state: () => m.gap_state({ said }), centre: m.queue_gap_centre, kind: () => m.gap_kind({ said }), disposition: m.gap_disposition, priority: m.gap_priority, alarm: m.alarm_gap,
    hazard: () => m.hazard_gap({ said }),
    joined: () => m.alike_gap_joined({ said }),
    whom: m.check_gap, tracker: () => (said ? m.track_gap_unknown({ said }) : m.track_gap()),
    recipient: m.msg_gap_to, text: () => m.msg_gap_text({ to: said }),
  };
  return words[gap.code]();
}

export type Pointed = { lon: number; lat: number; accuracy_m: number | null };

/** Where an order may lead on the page: a place on the map, the intake with words that were typed, a page by its name. */
export interface Ways { point: (at: Pointed, text: string) => void; intake: (words: string) => void; page: (page: Page) => void; warn: (kind: string) => void }

/** Does an order; true where it was done, so that the bar may be cleared. */
export async function give(order: Order, floor: Floor, to: Ways): Promise<boolean> {
  switch (order.verb) {
    case 'assign': return floor.assign(order.unit, order.incident);
    case 'stand-down': return floor.standDown(order.unit, order.incident);
    case 'swap': return floor.swap(order.unit, order.to, order.incident);
    case 'state': return floor.state(order.unit, order.state);
    case 'priority': return floor.priority(order.incident, order.priority);
    case 'alarm': return floor.alarm(order.incident, order.alarm);
    case 'note': return floor.note(order.incident, order.note);
    case 'hand-over': return floor.reception.handOver(order.incident, order.to);
    case 'close': return floor.close(order.incident, order.disposition);
    case 'reopen': return floor.reopen(order.place);
    case 'join': return join(floor, order.incident, order.to);
    case 'separate': return separate(floor, order.incident, order.to);
    case 'link': return link(floor, order.incident, order.to);
    case 'unlink': return unlink(floor, order.incident, order.to);
    case 'message': return send(floor, order.recipient, { text: order.text });
    case 'page': to.page(order.page); return true;
    case 'check': return askCheck(floor, order.units, USUAL_S, '');
    case 'bind': return bind(floor, order.tracker, order.unit, order.once ? (floor.unitRow(order.unit)?.shift ?? '') : '');
    case 'free': return free(floor, order.tracker);
    case 'select': floor.select(order.incident); return true;
    case 'select-unit': floor.selectUnit(order.unit); return true;
    case 'hazard': floor.select(order.incident); to.warn(order.kind); return true;
    case 'why': return why(order.unit, order.incident, floor);
    default: break;
  }
  const found = await see<FoundPlaces>('/api/places', { q: order.place, limit: 2 }).catch(() => null);
  const best = found?.places[0];
  if (!best) {
    floor.notice = { kind: 'fault', text: m.gap_place_unknown({ said: order.place }), advice: m.advice_place(), at: performance.now() };
    return false;
  }
  const label = (desk.tongue === 'zh' && best.label_zh) || best.label;
  if (order.verb === 'find') {
    to.point(best.place, label);
    floor.say(m.done_found({ place: label }));
    return true;
  }
  if (order.verb === 'shut') return floor.shut(best.place.lon, best.place.lat, label);
  if (!best.exact && found.places.length > 1) {
    // Two places may be meant: the intake asks, with what was typed.
    to.intake(order.place);
    return true;
  }
  const taken = await floor.take({ place: best.place, kind: order.kind, priority: order.priority });
  if (taken) floor.select(taken);
  return taken !== '';
}

async function why(unit: string, incident: string, floor: Floor): Promise<boolean> {
  if (floor.selected !== incident || !floor.offer) {
    floor.select(incident);
    await floor.makeOffer();
  }
  const offer: Offer | null = floor.offer;
  const one = offer?.candidates.find((candidate) => candidate.unit === unit);
  if (!one) return false;
  const rank = offer?.candidates.filter((other) => !other.lacks).indexOf(one) ?? -1;
  floor.say(`${unit}: ${desk.in(one.why)}${rank >= 0 ? ` · ${m.offer_rank({ rank: rank + 1 })}` : ''}`);
  return true;
}
