// The way to the job: asked for where there is a network and kept on the phone, reckoned here where there is none, and counted down by where the unit is.
import { Fault, see } from '../house/doors';
import type { Instant, Route } from '../model/contract';
import { field } from './field.svelte';
import { ground, type Trip } from './ground.svelte';
import { places } from './places.svelte';
import { length_m, progress, steps, type Step } from './turns';

/** Where one wants to go: its name here, and how the house is asked for the way. */
export interface Goal { of: string; path: string; ask: Record<string, string | number> }
interface Kept { of: string; unit: string; at: Instant; route: Route }
/** Beyond this the unit is no longer on the way that was asked for, and another is asked. */
const OFF_M = 120;
const AGAIN_US = 20e6;

class Way {
  /** Under which name it lies on the phone. */
  constructor(readonly name: string) {}
  of = $state('');
  route = $state.raw<Route | null>(null);
  at = $state<Instant>(0);
  /** This way was reckoned on the phone; the house's takes its place as soon as it can be asked. */
  own = $state(false);
  #asked: Instant = 0;
  #reckoned: Instant = 0;

  readonly steps = $derived<Step[]>(this.route?.found ? steps(this.route) : []);
  readonly #done = $derived.by(() => {
    const here = places.here;
    const line = this.route?.line ?? [];
    if (!here || line.length < 2) return { share: 0, off_m: 0 };
    const { along_m, off_m } = progress(line, [here.lon, here.lat]);
    return { share: off_m > OFF_M ? 0 : along_m / length_m(line), off_m };
  });
  get left_m(): number { return (this.route?.dist_m ?? 0) * (1 - this.#done.share); }
  get left_s(): number { return (this.route?.eta_s ?? 0) * (1 - this.#done.share); }
  get off(): boolean { return this.#done.off_m > OFF_M; }
  /** The steps that still lie ahead; the first of them is the next thing to do. */
  get ahead(): Step[] {
    const along = (this.route?.dist_m ?? 0) * this.#done.share;
    return this.steps.filter((step) => step.from_m + step.dist_m > along || step.bend === 'arrive');
  }

  /** Sees to it that the way there is here: the house's, else one that was kept, else where the house is away one of the phone's own. */
  async follow(goal: Goal | null, unit: string, trip: Trip | null = null): Promise<void> {
    if (!goal || !unit) return;
    const { of } = goal;
    if (this.of !== of) {
      const kept = await field.recall<Kept>(this.name);
      if (this.of !== of) [this.of, this.route, this.at, this.own] = [of, kept?.of === of && kept.unit === unit ? kept.route : null, kept?.at ?? 0, false];
      this.#asked = this.#reckoned = 0;
    }
    if (!field.online) return this.#reckon(of, trip);
    if ((this.route && !this.off && !this.own) || field.device - this.#asked < AGAIN_US) return;
    this.#asked = field.device;
    try {
      const route = await see<Route>(goal.path, { ...goal.ask, unit });
      if (this.of !== of) return;
      [this.route, this.at, this.own] = [route, field.now, false];
      await field.keep(this.name, { of, unit, at: this.at, route } satisfies Kept);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
    }
  }

  /** A way by the roads on this phone, where none is here or the unit has left it. It is not kept: it can be had again. */
  async #reckon(of: string, trip: Trip | null): Promise<void> {
    if (!trip || (this.route && !this.off) || field.device - this.#reckoned < AGAIN_US) return;
    this.#reckoned = field.device;
    const route = await ground.reckon(trip);
    if (route && this.of === of && !field.online) [this.route, this.at, this.own] = [route, field.now, true];
  }
}
export const way = new Way('way');
/** The way to a place that was looked up; the one to the job stays beside it. */
export const aside = new Way('aside');
