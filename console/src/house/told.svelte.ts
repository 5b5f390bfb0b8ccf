// What a door told this page and how old that is: it stays where the door says no, and is asked for again by itself where the house is busy or gone.
import { Fault } from './doors';

const GONE_S = 3;
const LONGEST_S = 30;

/** How often the way to the house was found again; what was told before is asked for anew then. */
export const reached = $state({ times: 0 });

export class Told<View> {
  value = $state.raw<View | null>(null);
  fault = $state.raw<Fault | null>(null);
  asking = $state(false);
  /** When the value came, and when it is asked for again by itself (0: only by hand), in ms of the page's own clock. */
  at = $state(0);
  again = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #turn = 0;

  constructor(readonly ask: () => Promise<View>) {}

  /** Asks now; of several that are under way the last one counts. */
  async load(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.asking = true;
    try {
      const value = await this.ask();
      if (turn !== this.#turn) return;
      [this.value, this.fault, this.at, this.again] = [value, null, performance.now(), 0];
      this.#tries = 0;
    } catch (no) {
      if (!(no instanceof Fault)) throw no;
      if (turn === this.#turn) this.#refused(no);
    } finally {
      if (turn === this.#turn) this.asking = false;
    }
  }

  /** Nobody looks any more: nothing is asked for by itself. */
  close(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  #refused(no: Fault): void {
    this.fault = no;
    const { status, code, again_s = GONE_S } = no.problem;
    const passes = status === 0 || status === 503 || code === 'quota_spent'; // a guess too many or a full disk does not pass by asking again
    const after_s = passes ? Math.min(LONGEST_S, again_s * 2 ** Math.min(this.#tries, 5)) : 0;
    this.#tries += 1;
    this.again = after_s ? performance.now() + after_s * 1000 : 0;
    if (after_s) this.#timer = setTimeout(() => void this.load(), after_s * 1000);
  }
}
