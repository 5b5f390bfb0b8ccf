// One past second of the floor, as it was known then: asked for, held, stepped through and played.
import type { ClosureRow, IncidentRow, Instant, PositionRow, Row, UnitRow } from '../model/contract';
import { SECOND, type Mark, type PastFrame, type Span, type Trail } from '../model/past';
import { Fault, see } from './doors';
import type { Source } from './source';

const NONE: Row[] = [];
const AGAIN_MS = 500;
const TICK_MS = 250;
export const WINDOW_US = 12 * 3600 * SECOND;

export class Past implements Source {
  #lists = $state.raw<Record<string, Row[]>>({});
  #positions: Record<string, PositionRow> = {};
  moved = $state(0);
  readonly link = 'live';
  readonly speed = 1;
  whole = $state(false);
  /** The second that is drawn. */
  now = $state<Instant>(0);
  /** The second that is asked for; it runs ahead of `now` while an answer is on its way. */
  at = $state<Instant>(0);
  trail = $state<Trail>('whole');
  fault = $state.raw<Fault | null>(null);
  /** How fast it plays; 0: it stands. */
  playing = $state(0);
  first = $state<Instant>(0);
  /** The stretch that the slider covers. */
  from = $state<Instant>(0);
  until = $state<Instant>(0);
  marks = $state.raw<Mark[]>([]);
  #asking = false;
  #ended = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `latest` gives the newest second there is: nothing beyond it is asked for. */
  constructor(at: Instant, readonly latest: () => Instant, readonly turned: () => void) {
    this.#cover(at);
    this.go(at);
  }

  rows = <Kind extends Row>(name: Kind['row']): Kind[] => (this.#lists[name] ?? NONE) as Kind[];
  get incidents(): IncidentRow[] { return this.rows<IncidentRow>('incident'); }
  get units(): UnitRow[] { return this.rows<UnitRow>('unit'); }
  get closures(): ClosureRow[] { return this.rows<ClosureRow>('closure'); }
  get every(): Row[] { return Object.values(this.#lists).flat(); }
  position = (unit: string): PositionRow | undefined => this.#positions[unit];

  /** Goes to a second; the newest wish counts, however many come while an answer is on its way. */
  go(at: Instant): void {
    const whole = Math.floor(at / SECOND) * SECOND;
    this.at = Math.max(this.first && Math.floor(this.first / SECOND) * SECOND, Math.min(this.latest(), whole));
    if (this.at < this.from || this.at > this.until) this.#cover(this.at);
    void this.#ask();
  }

  /** The instant that stands for a second: its end, so that what became known during it is in sight; never one that has not come. */
  within = (second: Instant): Instant => (second + SECOND - 1 > this.latest() ? second : second + SECOND - 1);

  step = (seconds: number): void => this.go(this.at + seconds * SECOND);

  play(speed: number): void {
    clearInterval(this.#timer);
    this.playing = speed;
    if (!speed) return;
    let last = performance.now();
    let reached = this.at;
    this.#timer = setInterval(() => {
      const since = performance.now() - last;
      last = performance.now();
      if (this.at !== Math.floor(reached / SECOND) * SECOND) reached = this.at; // moved by hand meanwhile
      reached += since * 1000 * speed;
      if (reached >= this.latest()) this.play(0);
      if (Math.floor(reached / SECOND) * SECOND !== this.at) this.go(reached);
    }, TICK_MS);
  }

  close(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#ended) return;
    this.#asking = true;
    while (!this.#ended && (this.now !== this.at || !this.whole)) {
      const at = this.at;
      try {
        this.#take(await see<PastFrame>('/api/past', { at: this.within(at) }), at);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        if (fault.problem.status === 401) this.turned();
        this.fault = fault;
        if (fault.problem.status !== 503 && fault.problem.status !== 0) break;
        await new Promise((after) => setTimeout(after, AGAIN_MS));
      }
    }
    this.#asking = false;
  }

  #take(frame: PastFrame, at: Instant): void {
    if (this.#ended) return;
    const lists: Record<string, Row[]> = {};
    const positions: Record<string, PositionRow> = {};
    for (const row of frame.rows) {
      if (row.row === 'position') positions[row.id] = row as PositionRow;
      else (lists[row.row] ??= []).push(row);
    }
    this.#positions = positions;
    this.#lists = lists;
    this.trail = frame.trail;
    this.fault = null;
    this.now = at;
    this.whole = true;
    this.moved += 1;
  }

  /** Moves the slider's stretch so that a second lies well within it, and reads its marks. */
  #cover(at: Instant): void {
    const latest = this.latest();
    this.until = Math.min(latest, Math.max(at + WINDOW_US / 2, (this.first || 0) + WINDOW_US));
    this.from = this.until - WINDOW_US;
    const until = this.until;
    see<Span>('/api/past/span', { since: Math.max(0, this.from), until }).then((span) => {
      if (this.#ended || until !== this.until) return;
      this.first = span.first;
      if (this.from < span.first) this.from = Math.floor(Math.min(span.first, this.until - 60 * SECOND) / SECOND) * SECOND;
      this.marks = span.marks;
      if (this.at < span.first) this.go(span.first);
    }, (fault: unknown) => {
      if (!(fault instanceof Fault)) throw fault;
      this.fault = fault;
    });
  }
}
