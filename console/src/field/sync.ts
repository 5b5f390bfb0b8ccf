// Sends what is queued, one at a time and in order; a no of the house becomes a question, and dispatch is told of it by itself.
import type { Instant, Problem } from '../model/contract';
import type { Drawer } from './drawer';
import { behind, happened, meaning, pause_ms, queued, spent, taken, type Action, type Draft } from './queue';

export interface Given {
  drawer: Drawer;
  /** Sends one action with the time that it happened by the house's clock. */
  send: (one: Action, happened_at: Instant) => Promise<{ problem: Problem | null; again: boolean }>;
  /** What dispatch is told where the house will not have these. */
  tells: (refused: Action[]) => Draft | null;
  now: () => Instant;
  ahead: () => Instant | null;
  key: () => string;
  /** Called with all actions after each change. */
  changed: (actions: Action[]) => void;
  /** Called when something was written down, so that other pages of this phone look. */
  wrote: () => void;
  /** How many of those that are done stay in sight: none where nobody is on a unit. */
  most: () => number;
  /** Called where the phone could not write down what became of an action: it will be sent again, and is kept once all the same. */
  unwritten: (fault: unknown) => void;
  /** Runs something while no other page of this phone sends. */
  alone: (act: () => Promise<void>) => Promise<void>;
  later: (act: () => void, ms: number) => () => void;
}
/** `at_rest`: nothing waits; `away`: the house did not answer and is asked again; `sign-in`: it no longer knows who we are. */
export type Mood = 'at_rest' | 'sending' | 'away' | 'sign-in';

export class Sync {
  actions: Action[] = [];
  mood: Mood = 'at_rest';
  #by = '';
  #running = false;
  #tries = 0;
  #wake = (): void => undefined;

  constructor(readonly given: Given) {}

  /** Reads what lies on the phone; whatever was being sent when the page died is queued still, with its own key. */
  async load(): Promise<void> {
    const found = await this.given.drawer.all();
    const last = found.at(-1)?.id ?? 0;
    this.#say([...found, ...this.actions.filter((one) => one.id > last)]); // what was taken while this was read stays
  }

  /** Writes an action down; it is on the phone's disk when this comes back, and on its way soon after. */
  async take(made: Draft, by: string): Promise<Action> {
    const one = await this.given.drawer.add(taken(made, this.given.key(), by, this.given.now(), this.given.ahead()));
    this.#say([...this.actions.filter((other) => other.id !== one.id), one]);
    this.given.wrote();
    void this.run(by);
    return one;
  }

  /** Another page of this phone wrote something down. */
  async look(): Promise<void> {
    if (!this.#running) await this.load();
  }

  /** What is done goes, whoever did it; what nobody has heard yet, and what is asked about, stays. */
  async forget(): Promise<void> {
    await this.#clear(0);
  }

  /** A question is answered: these refused ones are done with. */
  async settle(...asked: Action[]): Promise<void> {
    await this.#put(...asked.map((one): Action => ({ ...one, stand: 'settled', file: null })));
  }

  /** Sends all that this person queued until the house is away, wants a sign-in, or nothing is left. */
  async run(by: string): Promise<void> {
    this.#wake();
    this.#by = by;
    if (this.#running || !by) return;
    this.#running = true;
    try {
      await this.given.alone(() => this.#drain());
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
      this.given.unwritten(fault); // a disk without room: nothing is lost, and it is tried again
      this.#wait('again', null);
    } finally {
      this.#running = false;
      this.given.changed(this.actions);
    }
  }

  /** The network is back, or somebody signed in: no need to wait for the next turn. */
  nudge(): void {
    this.#tries = 0;
    void this.run(this.#by);
  }

  async #drain(): Promise<void> {
    await this.load(); // another page of this phone may have sent some
    for (let one = queued(this.actions, this.#by)[0]; one; one = queued(this.actions, this.#by)[0]) {
      this.mood = 'sending';
      this.given.changed(this.actions);
      const { problem, again } = await this.given.send(one, happened(one, this.given.ahead(), this.given.now()));
      const means = problem ? meaning(problem) : 'known';
      if (means === 'again' || means === 'sign-in') return this.#wait(means, problem);
      this.#tries = 0;
      if (means === 'known') await this.#put({ ...one, stand: 'kept', heard: this.given.now(), again: again || problem !== null, problem, file: null });
      else await this.#refuse(one, problem);
    }
    this.mood = 'at_rest';
    await this.#clear(this.given.most());
  }

  async #clear(most: number): Promise<void> {
    const old = spent(this.actions, most);
    if (!old.length) return;
    await this.given.drawer.drop(...old);
    this.#say(this.actions.filter((one) => !old.includes(one)));
    this.given.wrote();
  }

  #wait(means: 'again' | 'sign-in', problem: Problem | null): void {
    this.mood = means === 'again' ? 'away' : 'sign-in';
    if (means === 'sign-in') return;
    const cancel = this.given.later(() => void this.run(this.#by), pause_ms(this.#tries, problem?.again_s));
    this.#wake = () => {
      cancel();
      this.#wake = () => undefined;
    };
    this.#tries += 1;
  }

  async #refuse(one: Action, problem: Problem | null): Promise<void> {
    const asked = [one, ...behind(this.actions, one)];
    // A page that dies right here asks again and is refused again: dispatch is told once all the same.
    const told = one.about || this.actions.some((other) => other.about === one.id) ? null : this.given.tells(asked);
    const word = told && (await this.given.drawer.add(taken({ ...told, about: one.id }, `told-${one.key}`, one.by, this.given.now(), this.given.ahead())));
    if (word) this.#say([...this.actions, word]);
    await this.#put(...asked.map((each): Action => ({ ...each, stand: 'refused', problem })));
  }

  /** Where a full disk does not take what became of them, this page goes on by what it knows; the next one asks the house again, which has each key once. */
  async #put(...changed: Action[]): Promise<void> {
    try {
      await this.given.drawer.put(...changed);
      this.given.wrote();
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
      this.given.unwritten(fault);
    }
    const by = new Map(changed.map((one) => [one.id, one]));
    this.#say(this.actions.map((one) => by.get(one.id) ?? one));
  }

  #say(actions: Action[]): void {
    this.actions = actions;
    this.given.changed(actions);
  }
}
