// The intake as this desk works it: who waits, whom it speaks with, the questions of the selected call, and whose place a place is.
import type { Place } from '../model/contract';
import type { AnsweringRow, Belonging, CallAnswers, ContactOpened, ContactRow, LinesView, QuestionTrees, Tree } from '../model/intake';
import { queued, running, walked } from '../model/intake';
import { ask, Fault, see } from '../house/doors';
import { desk } from '../house/desk.svelte';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

export const ENDS = ['silent', 'wrong_number', 'test', 'information', 'handed_over'] as const;
export type End = (typeof ENDS)[number] | 'abandoned';
export type Outcome = 'reached' | 'no_answer' | 'given_up';

export class Reception {
  /** The contact this desk speaks with; it stays until it is ended or its call is taken. */
  contact = $state.raw<ContactOpened | null>(null);
  /** The row that is marked in the queue, and one that was opened there to call back. */
  marked = $state('');
  looked = $state.raw<ContactOpened | null>(null);
  lines = $state.raw<LinesView | null>(null);
  trees = $state.raw<Tree[]>([]);
  answers = $state.raw<CallAnswers | null>(null);
  /** A call whose questions want the focus as soon as they are there. */
  asking = $state('');
  replying = $state(false);
  /** The question whose answer is on its way, and the end of that way. */
  #reply = { question: '', done: Promise.resolve() };

  constructor(readonly floor: Floor) {}

  get rows(): ContactRow[] {
    return this.floor.live.rows<ContactRow>('contact').toSorted(queued);
  }
  get waiting(): ContactRow[] {
    return this.rows.filter((row) => row.state === 'waiting');
  }
  get answering(): AnsweringRow[] {
    return this.floor.live.rows<AnsweringRow>('answering');
  }
  /** The circle to draw: of whom this desk speaks with, else of the row marked in the open queue. */
  get circle(): Place | null {
    const id = this.contact?.contact ?? (this.floor.sheet === 'queue' ? this.marked || this.rows[0]?.id : '');
    if (!id) return null;
    const row = this.floor.live.rows<ContactRow>('contact').find((one) => one.id === id);
    return row?.place ?? (this.contact?.contact === id ? this.contact.row?.place ?? null : null);
  }

  async load(): Promise<void> {
    if (desk.may('/api/lines')) this.lines = await see<LinesView>('/api/lines').catch(() => this.lines);
    if (desk.may('/api/questions')) this.trees = (await see<QuestionTrees>('/api/questions').catch(() => ({ trees: this.trees }))).trees;
  }

  line(code: string): string {
    const found = this.lines?.lines.find((one) => one.code === code);
    return found ? desk.in(found.says) : code || m.queue_line_none();
  }
  target(code: string): { within_s: number; share: number } {
    return this.lines?.lines.find((one) => one.code === code)?.target ?? { within_s: 15, share: 0.9 };
  }
  late(row: ContactRow): boolean {
    return row.state === 'waiting' && this.floor.live.now - row.arrived_at > this.target(row.line).within_s * 1e6;
  }

  /** Answers the one that is marked if it waits, else the longest waiting; one that this desk has is opened again. */
  async answer(id = this.marked): Promise<void> {
    const row = this.rows.find((one) => one.id === id) ?? this.waiting[0];
    if (!row) return;
    if (row.state === 'call_back') return this.look(row.id);
    if (row.state === 'waiting' || row.by !== desk.me?.name) {
      if (!(await this.floor.act(() => ask(`/api/contacts/${row.id}/answer`, {}), ''))) return;
    }
    this.contact = await this.#opened(row.id);
    if (this.contact) this.floor.sheet = '';
  }
  async look(id: string): Promise<void> {
    this.looked = await this.#opened(id);
  }
  async #opened(id: string): Promise<ContactOpened | null> {
    try {
      return await see<ContactOpened>(`/api/contacts/${id}`);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.floor.complain(fault);
      return null;
    }
  }

  /** Ends a contact; somebody who was silent or hung up is to be called back. */
  async end(id: string, how: End): Promise<boolean> {
    const done = await this.floor.act(() => ask(`/api/contacts/${id}/end`, { how, call_back_due: how === 'silent' || how === 'abandoned' }),
      m.queue_ended({ how: ended(how) }));
    if (done && this.contact?.contact === id) this.contact = null;
    return done;
  }
  callBack(id: string, outcome: Outcome): Promise<boolean> {
    this.looked = null;
    return this.floor.act(() => ask(`/api/contacts/${id}/call-back`, { outcome }), m.queue_called_back());
  }

  async readAnswers(call: string): Promise<void> {
    if (!call || !desk.may('/api/calls/{call}/questions')) return;
    const answers = await see<CallAnswers>(`/api/calls/${call}/questions`).catch(() => null);
    if (this.floor.selected === call) this.answers = answers;
  }
  /** The tree of the selected call, and how far it is; nothing where its kind has none. */
  get tree(): Tree | undefined {
    const call = this.floor.selected;
    if (!call || this.answers?.call !== call) return undefined;
    return running(this.trees, this.answers, this.floor.row()?.kind ?? '');
  }
  async reply(tree: Tree, question: string, answer: string, words: string): Promise<boolean> {
    const call = this.floor.selected;
    if (this.replying && this.#reply.question === question) return false; // the same key twice
    const before = this.#reply.done;
    let ended: () => void = () => undefined;
    const own = { question, done: new Promise<void>((resolve) => (ended = resolve)) };
    this.#reply = own;
    this.replying = true;
    await before; // a key for the next question is not lost because the last answer is still on its way
    const done = await this.floor.act(() => ask(`/api/calls/${call}/answers`, { tree: tree.tree, version: tree.version, question, answer, words }), '');
    if (done) await this.readAnswers(call);
    if (this.#reply === own) this.replying = false;
    ended();
    return done;
  }
  way(tree: Tree): ReturnType<typeof walked> {
    return walked(tree, this.answers?.answers ?? []);
  }

  /** Whose place it is; nothing where the house did not say. */
  async belongs(place: Place): Promise<Belonging | null> {
    if (!desk.may('/api/places/centre')) return null;
    return see<Belonging>('/api/places/centre', { lon: place.lon, lat: place.lat }).catch(() => null);
  }
  centre(code: string): string {
    const found = this.lines?.centres.find((one) => one.code === code);
    return found ? desk.in(found.says) : code;
  }
  async handOver(call: string, to: string): Promise<boolean> {
    return this.floor.act(() => ask(`/api/calls/${call}/hand-over`, { to }), m.queue_handed({ to: this.centre(to) }));
  }
}

const ENDED: Record<End, () => string> = {
  silent: m.queue_end_silent, wrong_number: m.queue_end_wrong_number, test: m.queue_end_test, information: m.queue_end_information,
  handed_over: m.queue_end_handed_over, abandoned: m.queue_end_abandoned,
};
export const ended = (how: string): string => ENDED[how as End]?.() ?? how;
const CHANNELS: Record<string, () => string> = {
  voice: m.queue_channel_voice, text: m.queue_channel_text, app: m.queue_channel_app, web: m.queue_channel_web, alarm: m.queue_channel_alarm,
  sensor: m.queue_channel_sensor, centre: m.queue_channel_centre,
};
export const channel = (code: string): string => CHANNELS[code]?.() ?? code;
