// What the phone knows and does: who is on which unit, the picture of its work, live or the last that came, and everything that is done.
import { ask, Fault, see } from '../house/doors';
import { desk } from '../house/desk.svelte';
import { Live } from '../house/live.svelte';
import { upload } from '../house/uploads';
import type { ChecklistsView } from '../model/checklists';
import type { ClosureRow, FleetView, IncidentRow, Instant, Me, PlanView, Problem, Receipt, Row, UnitRow } from '../model/contract';
import type { HazardKinds } from '../model/hazards';
import type { MessageRow } from '../model/letters';
import type { TimersView } from '../model/timers';
import { m } from '../words/messages.js';
import { drawer, memory, type Drawer } from './drawer';
import { draft, expected, MOST_FILE_BYTES, MOST_FILES_BYTES, MOST_KEPT, queued, questions, type Action, type Draft } from './queue';
import { Sync, type Mood } from './sync';
import { CITY } from './shell.svelte';
import { retold, told } from './telling';
import { bases, own, STAYS, type Base, type Picture, type PostRow, type Who } from './picture';

export type Tab = 'job' | 'way' | 'words' | 'unit';
const SAVE_MS = 1_000;
const AGAIN_MS = 3_000;
const second = (): Instant => Math.floor(Date.now() / 1000) * 1e6;
const isFull = (fault: unknown): boolean => fault instanceof DOMException && fault.name === 'QuotaExceededError';
const unreached: Problem = { status: 0, code: 'unreached', title: '', title_zh: '', field: null };

class Field {
  tab = $state<Tab>('job');
  /** The unit that this person is on, by callsign; empty: none chosen yet. */
  unit = $state('');
  actions = $state.raw<Action[]>([]);
  mood = $state<Mood>('at_rest');
  /** The house no longer knows who we are; what is done is written down all the same. */
  signedOut = $state(false);
  /** This browser keeps nothing: what is queued dies with the page. */
  forgetful = $state(false);
  /** The phone's storage is full: what is small still goes in as long as there is any room. */
  full = $state(false);
  /** Units that this phone has seen on duty. */
  bases = $state.raw<Base[]>([]);
  /** The phone did not take an action down, in words. */
  fault = $state('');
  live = $state.raw<Live | null>(null);
  picture = $state.raw<Picture | null>(null);
  /** The device's own time, each second. */
  device = $state<Instant>(second());
  ready = $state(false);
  /** Grows when the work of a unit left this phone; whoever holds some of it in memory lets go. */
  left = $state(0);
  #kept: Drawer = memory();
  #ahead: Instant | null = null;
  #heard: Instant = 0;
  readonly #delivered = new Set<string>();
  #shift = '';
  readonly #pages = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tocsin-field') : null;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #savedAt = 0;
  sync = this.#syncing();

  get ahead(): Instant | null { return this.live?.ahead ?? this.#ahead; }
  /** The house's time, as near as this phone knows. */
  get now(): Instant { return this.device + (this.ahead ?? 0); }
  get online(): boolean { return this.live?.link === 'live'; }
  /** When the house was last heard, by this device. */
  get heard(): Instant {
    const live = this.live;
    if (live?.lastHeard) this.#heard = Math.round((Date.now() - performance.now() + live.lastHeard) * 1000);
    return this.#heard;
  }
  get name(): string { return desk.me?.name ?? ''; }
  get waiting(): Action[] { return queued(this.actions, this.name); }
  /** What somebody else queued on this phone and has not been sent. */
  get others(): Action[] { return this.actions.filter((one) => one.stand === 'queued' && one.by !== this.name); }
  get questions(): Action[][] { return questions(this.actions, this.name); }

  rows = <Kind extends Row>(name: Kind['row']): Kind[] => (this.live?.whole ? this.live.rows<Kind>(name) : (this.picture?.rows ?? []).filter((row): row is Kind => row.row === name));
  get row(): UnitRow | undefined { return this.rows<UnitRow>('unit').find((row) => row.id === this.unit); }
  /** The unit as it stands once the house has heard what is queued here. */
  get stands(): UnitRow | undefined { return this.row && { ...this.row, ...expected(this.row, this.waiting) }; }
  get job(): IncidentRow | undefined {
    const incident = this.stands?.incident;
    return incident ? this.rows<IncidentRow>('incident').find((row) => row.id === incident) : undefined;
  }
  get messages(): MessageRow[] {
    const mine = `unit:${this.unit}`;
    return this.rows<MessageRow>('message').filter((row) => row.sender === mine || row.recipients.includes(mine)).sort((a, b) => a.sent_at - b.sent_at);
  }
  get unread(): MessageRow[] { return this.messages.filter((row) => row.recipients.includes(`unit:${this.unit}`) && !row.read.includes(`unit:${this.unit}`)); }
  get closures(): ClosureRow[] { return this.rows<ClosureRow>('closure'); }

  async open(): Promise<void> {
    setInterval(() => (this.device = second()), 250);
    this.#kept = await drawer().catch(() => {
      this.forgetful = true;
      return memory();
    });
    this.sync = this.#syncing();
    const [who, unit, ahead, picture] = [await this.#kept.get<Who>('who'), await this.#kept.get<string>('unit'), await this.#kept.get<Instant>('ahead'), await this.#kept.get<Picture>('picture')];
    [this.#shift, this.bases] = [await this.#kept.get<string>('shift') ?? '', await this.#kept.get<Base[]>('bases') ?? []];
    await this.sync.load();
    this.#ahead = ahead ?? null;
    this.picture = picture ?? null;
    this.#heard = picture?.heard ?? 0;
    this.unit = unit ?? '';
    if (who) this.#known(who);
    this.ready = true;
    addEventListener('online', () => this.sync.nudge());
    this.#pages?.addEventListener('message', () => void this.#looked());
    void navigator.storage?.persist?.();
    await this.who();
  }

  /** Asks the house who we are; goes on with what the phone knows where it does not answer. */
  async who(): Promise<void> {
    try {
      await this.welcome(await see<Me>('/api/me'));
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.signedOut = fault.problem.status === 401;
      if (!this.signedOut) setTimeout(() => void this.who(), AGAIN_MS);
    }
  }

  async welcome(me: Me): Promise<void> {
    try {
      const [plan, fleet, timers, hazards, checklists] = await Promise.all([see<PlanView>('/api/plan'), see<FleetView>('/api/fleet'), see<TimersView>('/api/timers'),
        see<HazardKinds>('/api/hazard-kinds'), see<ChecklistsView>('/api/checklists')]);
      if (desk.me && desk.me.name !== me.name) this.choose('');
      this.signedOut = false;
      const who: Who = { me, plan, fleet, timers, hazards, checklists };
      await this.keep('who', who);
      this.#known(who);
      this.sync.nudge();
      void this.sync.run(me.name);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      setTimeout(() => void this.who(), AGAIN_MS);
    }
  }

  #known({ me, ...tables }: Who): void {
    Object.assign(desk, tables);
    desk.me = me;
    if (this.live) return;
    this.live = new Live(() => (this.signedOut = true));
    this.live.open();
    void this.sync.run(me.name);
  }

  /** Which unit this phone is of; with none, the work of the one before leaves it. */
  choose(unit: string): void {
    const before = this.unit;
    this.unit = unit;
    void this.keep('unit', unit).then(() => this.#pages?.postMessage(0));
    if (before === unit) return;
    this.#shift = '';
    void this.keep('shift', '');
    if (before) void this.forget();
  }

  /** Looks whether the shift that this phone worked is over, by whoever ended it: then its work leaves the phone. */
  watch(): void {
    if (!this.live?.whole || !this.unit) return;
    const shift = this.row?.shift ?? '';
    if (shift === this.#shift) return;
    const over = this.#shift !== '';
    this.#shift = shift;
    void (over ? this.forget() : Promise.resolve()).then(() => this.keep('shift', shift));
  }

  /** Takes what lies here of incidents off the phone. What nobody has heard yet stays in the queue until somebody has. */
  async forget(): Promise<void> {
    this.picture = null;
    this.left += 1;
    await this.#kept.forget(STAYS).catch(() => (this.full = true));
    await this.sync.forget().catch(() => (this.full = true));
  }

  async #looked(): Promise<void> {
    this.unit = (await this.#kept.get<string>('unit')) ?? '';
    await this.sync.look();
  }

  /** Keeps what the unit needs of the picture on the phone: at once, then at most once a second. */
  save(): void {
    if (!this.live?.whole || this.#saving !== undefined) return;
    this.#saving = setTimeout(() => this.#saved(), Math.max(0, this.#savedAt + SAVE_MS - Date.now()));
  }
  #saved(): void {
    [this.#saving, this.#savedAt] = [undefined, Date.now()];
    if (!this.live?.whole) return;
    const rows = [...this.rows<UnitRow>('unit'), ...this.rows<IncidentRow>('incident'), ...this.rows('timer'), ...this.rows('message'), ...this.rows('help'), ...this.rows('check'), ...this.rows('hazard'), ...this.rows('checklist'), ...this.rows<PostRow>('post'), ...this.closures];
    this.picture = { at: this.now, heard: this.heard, rows: own(rows, this.unit) };
    void this.keep('picture', $state.snapshot(this.picture));
    if (this.ahead !== null) void this.keep('ahead', this.ahead);
    const seen = bases(this.bases, this.rows<UnitRow>('unit'));
    if (JSON.stringify(seen) !== JSON.stringify(this.bases)) void this.keep('bases', (this.bases = seen));
  }
  /** Keeps something on the phone; false where it has no room for it, and the page says so. */
  async keep(name: string, value: unknown): Promise<boolean> {
    try {
      await this.#kept.set(name, value);
      return true;
    } catch (fault) {
      this.full ||= isFull(fault);
      return false;
    }
  }
  recall = <Value>(name: string): Promise<Value | undefined> => this.#kept.get<Value>(name);

  /** Writes something down to be sent; it is on the phone's disk when this comes back. */
  async do(what: Draft['what'], path: string, body: Record<string, unknown>, rest: Partial<Draft> = {}): Promise<boolean> {
    const made = draft(what, path, body, { unit: this.unit, shift: this.row?.shift ?? '', ...rest });
    const waits = this.actions.reduce((sum, one) => sum + (one.file?.size ?? 0), made.file?.size ?? 0);
    this.fault = (made.file?.size ?? 0) > MOST_FILE_BYTES ? m.crewpage_file_large() : made.file && waits > MOST_FILES_BYTES ? m.crewpage_files_full() : '';
    if (this.fault) return false;
    try {
      await this.#take(made);
      this.full = false;
      return true;
    } catch (fault) {
      this.full ||= isFull(fault);
      this.fault = m.crewpage_not_kept();
      return false;
    }
  }

  /** Words and steps are worth more than the city's map, which can be had again: where there is no room for them, the map goes. */
  async #take(made: Draft): Promise<void> {
    try {
      await this.sync.take(made, this.name);
    } catch (fault) {
      if (!isFull(fault) || made.file || !('caches' in window) || !await caches.delete(CITY)) throw fault;
      await this.sync.take(made, this.name);
    }
  }

  say = (state: string): Promise<boolean> => {
    const { incident = '', shift = '' } = this.stands ?? {};
    return this.do('state', `/api/units/${this.unit}/state`, { shift, state, incident }, { incident });
  };
  acknowledge = (incident: string): Promise<boolean> => this.do('acknowledge', `/api/incidents/${incident}/acknowledge`, { unit: this.unit, shift: this.row?.shift }, { incident });
  note = (text: string, incident: string): Promise<boolean> => this.do('note', `/api/incidents/${incident}/notes`, { note: text }, { incident });

  /** Says of messages that they are on this phone, once each; that they were read is said when they are opened. */
  deliver(): void {
    const mine = `unit:${this.unit}`;
    for (const row of this.online ? this.messages : []) {
      if (!row.recipients.includes(mine) || row.delivered.includes(mine) || row.read.includes(mine)) continue;
      const said = this.actions.some((one) => one.what === 'mark' && one.path === `/api/messages/${row.id}/delivered`); // by another page of this phone
      if (!said && !this.#delivered.has(row.id)) void this.do('mark', `/api/messages/${row.id}/delivered`, { recipient: mine });
      this.#delivered.add(row.id);
    }
  }

  /** What was refused goes into the incident's story as a note, with its times, so that both sides have it. */
  async noted(asked: Action[]): Promise<void> {
    const incident = asked[0]?.incident;
    if (incident && await this.note(retold(asked, desk.me?.city.timezone ?? 'UTC'), incident)) await this.sync.settle(...asked);
  }

  #syncing(): Sync {
    return new Sync({
      drawer: this.#kept, now: () => Date.now() * 1000, ahead: () => this.ahead, key: () => crypto.randomUUID(),
      send: (one, happened_at) => sent(one, Math.round(happened_at)),
      tells: (asked) => told(asked, desk.me?.city.timezone ?? 'UTC'),
      changed: (actions) => {
        this.actions = actions;
        this.mood = this.sync.mood;
        if (this.mood === 'sign-in') this.signedOut = true;
      },
      wrote: () => this.#pages?.postMessage(0),
      most: () => (this.unit ? MOST_KEPT : 0),
      unwritten: (fault) => (this.full ||= isFull(fault)),
      alone: (act) => (navigator.locks ? navigator.locks.request('tocsin-field', act) : act()),
      later: (act, ms) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
    });
  }
}

/** Sends one action; an answer that is no receipt is none of the house's. */
async function sent(one: Action, happened_at: Instant): Promise<{ problem: Problem | null; again: boolean }> {
  try {
    const receipt: Partial<Receipt> = one.file
      ? await upload(one.path, one.file, one.name, one.key, () => undefined, happened_at).done
      : await ask(one.path, { ...one.body, key: one.key, happened_at });
    return typeof receipt.position === 'number' ? { problem: null, again: receipt.repeated ?? false } : { problem: unreached, again: false };
  } catch (fault) {
    return { problem: fault instanceof Fault ? fault.problem : unreached, again: false };
  }
}

export const field = new Field();
