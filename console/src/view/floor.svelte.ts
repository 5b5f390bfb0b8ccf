// The floor as this desk works it: the live board, what is selected, the offer on the table, and every action.
import type { Candidate, IncidentRow, Instant, Offer, Receipt, Route, Story, UnitRow } from '../model/contract';
import type { Gains } from '../model/deciding';
import { ask, Fault, looking, see } from '../house/doors';
import { desk } from '../house/desk.svelte';
import { health } from '../house/health.svelte';
import { Live } from '../house/live.svelte';
import { Past } from '../house/past.svelte';
import type { Source } from '../house/source';
import { shortNumber } from '../model/age';
import { m } from '../words/messages.js';
import { explain } from './faults';
import { Reception } from './reception.svelte';

export interface Notice { kind: 'done' | 'fault'; text: string; advice: string; at: number }
const OFFER_AFTER_MS = 300;
const OPENS_WITHIN = [0, 60, 150, 400, 900];

export class Floor {
  /** The live stream itself; what is shown is read from `live`, which may be the past. */
  readonly stream: Live;
  past = $state.raw<Past | null>(null);
  /** Who waits at the doors, and the questions of the selected call. */
  readonly reception = new Reception(this);
  selected = $state('');
  unit = $state('');
  offer = $state.raw<Offer | null>(null);
  offering = $state(false);
  picked = $state.raw<string[]>([]);
  story = $state.raw<Story | null>(null);
  gains = $state.raw<Gains | null>(null);
  routes = $state.raw<{ unit: string; route: Route }[]>([]);
  notice = $state.raw<Notice | null>(null);
  sending = $state(false);
  panel = $state<'incident' | 'units'>('units');
  /** The sheet that is open over the map; empty: none. */
  sheet = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(turned: () => void) {
    this.stream = new Live(turned);
  }

  /** Where the rows come from that are shown: the live stream, or the past second that this desk looks back at. */
  get live(): Source { return this.past ?? this.stream; }

  /** Whether nothing can be done from here: the way to the house is cut, or the past is shown. `why` says which. */
  get offline(): boolean {
    return this.past !== null || this.stream.link === 'lost' || this.stream.link === 'cut' || this.stream.link === 'opening';
  }
  get why(): string {
    return this.past ? m.past_why() : this.offline ? m.why_offline() : '';
  }

  /** Looks back: everything that is shown is of that second from now on, and nothing can be done until `toLive`. */
  toPast(at: Instant = this.stream.now): void {
    if (!desk.may('/api/past')) return this.say(m.why_role());
    if (this.past) return this.past.go(at);
    looking.back = true;
    this.past = new Past(at, () => this.stream.now, this.stream.turned);
    this.#forget();
    if (this.selected) void this.readStory();
  }

  toLive(): void {
    this.past?.close();
    this.past = null;
    looking.back = false;
    this.#forget();
    if (this.selected && !this.row()) this.select(''); // it has ended since: there is nothing to do on it now
    this.again();
  }

  /** What was asked of one time is no answer of another. */
  #forget(): void {
    clearTimeout(this.#timer);
    [this.offer, this.story, this.picked, this.routes, this.offering] = [null, null, [], [], false];
  }

  row = (id = this.selected): IncidentRow | undefined => this.live.incidents.find((row) => row.id === id);
  unitRow = (id: string): UnitRow | undefined => this.live.units.find((row) => row.id === id);

  /** Shows an incident; its offer follows after a breath, so that walking through the list asks for nothing. */
  select(incident: string, at: 'once' | 'walking' = 'once'): void {
    if (incident !== this.selected) {
      this.selected = incident;
      this.offer = null;
      this.story = null;
      this.gains = null;
      this.picked = [];
      this.routes = [];
    }
    this.unit = '';
    clearTimeout(this.#timer);
    if (!incident) return;
    this.panel = 'incident';
    this.#timer = setTimeout(() => void this.#open(incident), at === 'once' ? 0 : OFFER_AFTER_MS);
  }

  /** After signing in anew: what was selected is read again, and the old refusal is no longer true. */
  again(): void {
    this.notice = null;
    if (this.selected) this.select(this.selected);
  }

  selectUnit(unit: string): void {
    this.unit = unit;
  }

  async #open(incident: string): Promise<void> {
    if (this.past) return this.readStory(); // the past offers nothing, and its ways would be those of now
    const row = this.row(incident);
    const wanting = !row || row.unmet.length > 0 || row.units.length === 0;
    await Promise.all([this.readStory(), wanting ? this.makeOffer() : undefined, this.readRoutes()]);
  }

  async readStory(medium: 'screen' | 'paper' = 'screen'): Promise<void> {
    const incident = this.selected;
    if (!incident || !desk.may('/api/incidents/{incident}/story')) return;
    await this.#try(async () => {
      const past = this.past;
      const story = past ? await see<Story>(`/api/past/incidents/${incident}/story`, { at: past.within(past.at) })
        : await patient(() => see<Story>(`/api/incidents/${incident}/story`, { medium }));
      if (this.selected === incident && this.past === past) this.story = story;
    });
  }

  async makeOffer(): Promise<void> {
    const incident = this.selected;
    if (this.past) return this.say(m.past_why());
    if (!incident || !desk.may('/api/incidents/{incident}/offers')) return;
    this.offering = true;
    await this.#try(async () => {
      const receipt = await patient(() => ask(`/api/incidents/${incident}/offers`, {}));
      const offer = await see<Offer>(`/api/offers/${receipt.subject.replace(/^offer:/, '')}`);
      if (this.selected !== incident) return;
      this.offer = offer;
      this.picked = offer.candidates.filter((one) => one.proposed).map((one) => one.unit);
      void this.readRoutes();
    });
    if (this.selected === incident) this.offering = false;
  }

  /** The ways of the units that are on the way, and of those that are picked: three at most are asked for. */
  async readRoutes(): Promise<void> {
    const incident = this.selected;
    const row = this.row(incident);
    if (!row || this.past || !desk.may('/api/incidents/{incident}/route')) return;
    const moving = row.units.filter((id) => ['assigned', 'en_route'].includes(this.unitRow(id)?.state ?? ''));
    const wanted = [...this.picked, ...moving.filter((id) => !this.picked.includes(id))].slice(0, 3);
    const found = await Promise.all(wanted.map(async (unit) => {
      const route = await see<Route>(`/api/incidents/${incident}/route`, { unit }).catch(() => null);
      return route?.found ? [{ unit, route }] : [];
    }));
    if (this.selected === incident) this.routes = found.flat();
  }

  pick(unit: string): void {
    this.picked = this.picked.length === 1 && this.picked[0] === unit
      ? (this.offer?.candidates ?? []).filter((one) => one.proposed).map((one) => one.unit) : [unit];
    void this.readRoutes();
  }

  /** Whether a unit is picked that was not proposed: the plan's reasons are asked for before it is sent. */
  get overriding(): boolean {
    return this.picked.some((unit) => !this.offer?.candidates.find((one) => one.unit === unit)?.proposed);
  }

  /** Sends what is picked, one after the other: the first is on its way while the second is still being asked for. */
  async send(reason = ''): Promise<void> {
    const offer = this.offer;
    if (!offer || this.sending || !this.picked.length || offer.incident !== this.selected) return;
    this.sending = true;
    const sent: string[] = [];
    for (const unit of this.picked) {
      const candidate = offer.candidates.find((one) => one.unit === unit);
      if (candidate && (await this.#assign(offer, candidate, reason))) sent.push(unit);
    }
    if (sent.length) this.say(m.done_sent({ units: sent.join(' '), incident: shortNumber(offer.incident) }));
    this.sending = false;
    if (sent.length === this.picked.length) {
      this.offer = null;
      this.picked = [];
    }
    void this.readRoutes();
  }

  #assign(offer: Offer, one: Candidate, reason: string): Promise<boolean> {
    return this.act(() => ask(`/api/incidents/${offer.incident}/assign`, {
      unit: one.unit, shift: one.shift, offer: offer.offer, eta_s: one.eta_s ?? -1, override: one.proposed ? '' : reason || m.override_chosen(),
    }), '');
  }

  assign(unit: string, incident: string): Promise<boolean> {
    const row = this.unitRow(unit);
    const offer = this.offer?.incident === incident ? this.offer : null;
    const candidate = offer?.candidates.find((one) => one.unit === unit);
    return this.act(() => ask(`/api/incidents/${incident}/assign`, {
      unit, shift: row?.shift ?? '', offer: offer?.offer ?? '', eta_s: candidate?.eta_s ?? -1,
      override: candidate?.proposed ? '' : m.override_chosen(),
    }), m.done_sent({ units: unit, incident: shortNumber(incident) }));
  }

  standDown(unit: string, incident: string): Promise<boolean> {
    return this.act(() => ask(`/api/incidents/${incident}/stand-down`, { unit, shift: this.unitRow(unit)?.shift ?? '' }),
      m.done_stood_down({ unit }));
  }

  swap(unit: string, to: string, incident: string): Promise<boolean> {
    return this.act(() => ask(`/api/incidents/${incident}/swap`, {
      unit, shift: this.unitRow(unit)?.shift ?? '', to_unit: to, to_shift: this.unitRow(to)?.shift ?? '',
    }), m.done_swapped({ unit, to }));
  }

  state(unit: string, state: string): Promise<boolean> {
    return this.act(() => ask(`/api/units/${unit}/state`, { shift: this.unitRow(unit)?.shift ?? '', state }),
      m.done_state({ unit, state: desk.state(state) }));
  }

  priority(incident: string, priority: number): Promise<boolean> {
    return this.act(() => ask(`/api/incidents/${incident}/priority`, { priority }),
      m.done_priority({ incident: shortNumber(incident), priority }));
  }

  /** Raises an alarm (0: the next); what it adds is proposed at once. */
  async alarm(incident: string, alarm: number): Promise<boolean> {
    const done = await this.act(() => ask(`/api/incidents/${incident}/alarm`, { alarm }), m.alarm_done({ incident: shortNumber(incident), alarm: alarm || (this.row(incident)?.alarm ?? 1) + 1 }));
    if (done && incident === this.selected) void this.makeOffer();
    return done;
  }

  note(incident: string, note: string): Promise<boolean> {
    return this.act(() => ask(`/api/incidents/${incident}/notes`, { note }), m.done_note({ incident: shortNumber(incident) }));
  }

  async close(incident: string, disposition: string): Promise<boolean> {
    const done = await this.act(() => ask(`/api/incidents/${incident}/close`, { disposition }),
      m.done_closed({ incident: shortNumber(incident) }));
    if (done && incident === this.selected) this.select('');
    return done;
  }

  shut(lon: number, lat: number, text: string): Promise<boolean> {
    return this.act(() => ask('/api/closures', { lon, lat, text }), m.done_shut({ place: text }));
  }

  reopen(closure: string): Promise<boolean> {
    return this.act(() => ask(`/api/closures/${closure}/reopen`, {}), m.done_reopened());
  }

  /** Takes a call; answers the incident's number, which is the call's own, or nothing where it was refused. */
  async take(call: object): Promise<string> {
    let taken = '';
    await this.act(async () => {
      const receipt = await ask('/api/calls', call);
      taken = receipt.subject.replace(/^call:/, '');
      return receipt;
    }, '');
    if (taken) this.say(m.done_taken({ incident: shortNumber(taken) }));
    return taken;
  }

  async act(doing: () => Promise<Receipt>, done: string): Promise<boolean> {
    if (this.past) {
      this.notice = { kind: 'fault', text: m.past_why(), advice: m.past_back(), at: performance.now() };
      return false;
    }
    return this.#try(async () => {
      await doing();
      if (done) this.say(done);
    });
  }

  say(text: string): void {
    this.notice = { kind: 'done', text, advice: '', at: performance.now() };
  }

  complain(fault: Fault): void {
    this.notice = { kind: 'fault', ...explain(fault.problem), at: performance.now() };
  }

  async #try(doing: () => Promise<void>): Promise<boolean> {
    try {
      await doing();
      return true;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (fault.problem.status === 401) this.live.turned();
      if (fault.problem.status >= 500) void health.look();
      this.complain(fault);
      return false;
    }
  }
}

/** An incident opens a moment after its call: a 404 right after is waited for, briefly. */
async function patient<Answer>(doing: () => Promise<Answer>): Promise<Answer> {
  for (const wait of OPENS_WITHIN.slice(1)) {
    try {
      return await doing();
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.problem.status !== 404) throw fault;
      await new Promise((after) => setTimeout(after, wait));
    }
  }
  return doing();
}
