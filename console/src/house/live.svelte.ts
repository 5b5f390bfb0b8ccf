// The live board: one EventSource folded into rows, with how fresh it is and the house's clock between frames.
import type { ClosureRow, Frame, IncidentRow, Instant, PositionRow, Row, UnitRow } from '../model/contract';
import { fold, nothingHeld, table } from '../model/frame';
import type { Link, Source } from './source';
import { reached } from './told.svelte';

const STALE_MS = 20_000;
const AGAIN_MS = 3_000;
const LEADS = 8;
const NONE: Row[] = [];

/** `turned` is called where the server no longer knows who is asking. */
export class Live implements Source {
  /** The rows of each table but positions, as lists; a table that changed is a new list. */
  #lists = $state.raw<Record<string, Row[]>>({});
  /** Grows with each change of a position; the positions themselves are read from `position`. */
  moved = $state(0);
  link = $state<Link>('opening');
  /** When the connection was lost, or the last frame came, in ms of the page's own clock. */
  lastHeard = $state(0);
  now = $state<Instant>(0);
  speed = $state(1);
  whole = $state(false);
  /** How far the house's clock is ahead of this machine's, by that of the last frames which was under way the least; null: none came yet. */
  ahead = $state<Instant | null>(null);
  #leads: Instant[] = [];

  readonly #held = nothingHeld();
  #source: EventSource | null = null;
  #at: Instant = 0;
  #atPage = 0;
  #timers: ReturnType<typeof setInterval>[] = [];

  constructor(readonly turned: () => void) {}

  /** The rows of one table, in the order they first came; `[]` where none came. */
  rows = <Kind extends Row>(name: Kind['row']): Kind[] => (this.#lists[name] ?? NONE) as Kind[];
  get incidents(): IncidentRow[] { return this.rows<IncidentRow>('incident'); }
  get units(): UnitRow[] { return this.rows<UnitRow>('unit'); }
  get closures(): ClosureRow[] { return this.rows<ClosureRow>('closure'); }
  position = (unit: string): PositionRow | undefined => table<PositionRow>(this.#held, 'position').get(unit);

  open(): void {
    this.#timers.push(setInterval(() => this.#tick(), 250));
    addEventListener('offline', this.#unplugged);
    addEventListener('online', this.#connect);
    this.#connect();
  }

  close(): void {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    removeEventListener('offline', this.#unplugged);
    removeEventListener('online', this.#connect);
    this.#source?.close();
  }

  /** The machine itself has lost its network: no need to wait until the stream notices. */
  readonly #unplugged = (): void => {
    this.#source?.close();
    this.link = 'lost';
  };

  readonly #connect = (): void => {
    this.#source?.close();
    const source = new EventSource('/api/live');
    this.#source = source;
    source.addEventListener('frame', (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Frame));
    source.addEventListener('beat', () => this.#heard());
    source.addEventListener('cut', () => (this.link = 'cut'));
    source.onopen = () => this.#heard();
    source.onerror = () => {
      if (this.link !== 'cut') this.link = 'lost';
      if (source.readyState !== EventSource.CLOSED) return;
      // The browser gave up (a status that is not 200): ask who we are, and open anew if we are still somebody.
      fetch('/api/me').then((me) => {
        if (me.status === 401) this.turned();
        else setTimeout(() => this.#source === source && this.#connect(), AGAIN_MS);
      }, () => setTimeout(() => this.#source === source && this.#connect(), AGAIN_MS));
    };
  };

  #heard(): void {
    this.lastHeard = performance.now();
    if (this.link === 'lost' || this.link === 'cut') reached.times += 1;
    this.link = 'live';
  }

  #take(frame: Frame): void {
    this.#heard();
    this.#leads = [...this.#leads, frame.at - Date.now() * 1000].slice(-LEADS);
    this.ahead = Math.max(...this.#leads);
    const changed = fold(this.#held, frame);
    if (!changed) return;
    this.#at = frame.at;
    this.#atPage = performance.now();
    this.speed = frame.speed;
    this.whole = true;
    if (this.now === 0) this.#tick();
    if (changed.delete('position')) this.moved += 1;
    if (changed.size) {
      this.#lists = { ...this.#lists, ...Object.fromEntries([...changed].map((name) => [name, [...(this.#held.tables.get(name)?.values() ?? [])]])) };
    }
  }

  #tick(): void {
    if (this.#at === 0) return;
    const now = this.#at + (performance.now() - this.#atPage) * 1000 * this.speed;
    // Whole seconds only: what counts on the screen changes once a second, not four times.
    const seconds = Math.floor(now / 1e6) * 1e6;
    if (seconds !== this.now) this.now = seconds;
    if (this.link === 'live' && performance.now() - this.lastHeard > STALE_MS) this.link = 'stale';
  }
}
