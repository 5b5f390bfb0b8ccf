// The region's door as a page follows it: asked every two seconds by the key that this tab was given, which no other tab and no disk learns.
import type { RegionView } from '../model/region';
import { Fault, seeBy } from './doors';

const KEY = 'tocsin.region';
const EVERY_MS = 2_000;
const SILENT_MS = 6_000;

export class RegionDoor {
  key = $state(sessionStorage.getItem(KEY) ?? '');
  view = $state.raw<RegionView | null>(null);
  /** Whether the region said that it does not know the key; and whether it could not be asked at all. */
  wrong = $state(false);
  gone = $state(false);
  /** When it last answered and what time the page has now, in ms of the page's own clock. */
  heard = $state(performance.now());
  now = $state(performance.now());
  #timers: ReturnType<typeof setInterval>[] = [];
  #asking = false;

  /** How long ago the region answered, in ms. */
  get silence(): number { return this.now - this.heard; }
  /** The region's own time, counted on from its last answer. */
  get at(): number { return (this.view?.at ?? 0) + this.silence * 1000; }
  get late(): boolean { return this.gone || this.silence > SILENT_MS; }

  open(): void {
    this.#timers = [setInterval(() => void this.#look(), EVERY_MS), setInterval(() => (this.now = performance.now()), 500)];
    void this.#look();
  }
  close(): void {
    this.#timers.forEach(clearInterval);
  }

  /** Takes another key, or none. What was read by the one before is shown to nobody. */
  enter(key: string): void {
    [this.key, this.view, this.wrong] = [key, null, false];
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
    void this.#look();
  }

  async #look(): Promise<void> {
    if (!this.key || this.#asking) return;
    this.#asking = true;
    const key = this.key;
    try {
      const view = await seeBy<RegionView>(key, '/api/region');
      if (key === this.key) [this.view, this.gone, this.heard, this.now] = [view, false, performance.now(), performance.now()];
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (key !== this.key) return;
      if (fault.problem.status === 401) {
        this.enter('');
        this.wrong = true;
      } else this.gone = true;
    } finally {
      this.#asking = false;
    }
  }
}
