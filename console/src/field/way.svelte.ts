// The way to the job: asked for where there is a network, kept on the phone, and counted down by where the unit is.
import { Fault, see } from '../house/doors';
import type { Instant, Route } from '../model/contract';
import { field } from './field.svelte';
import { places } from './places.svelte';
import { length_m, progress, steps, type Step } from './turns';

interface Kept { of: string; unit: string; at: Instant; route: Route }
/** Beyond this the unit is no longer on the way that was asked for, and another is asked. */
const OFF_M = 120;
const AGAIN_US = 20e6;

class Way {
  of = $state('');
  route = $state.raw<Route | null>(null);
  at = $state<Instant>(0);
  #asked: Instant = 0;

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

  /** Sees to it that the way to this incident is here; from the phone where the house is away. */
  async follow(incident: string, unit: string): Promise<void> {
    if (!incident || !unit) return;
    if (this.of !== incident) {
      const kept = await field.recall<Kept>('way');
      if (this.of !== incident) [this.of, this.route, this.at] = [incident, kept?.of === incident && kept.unit === unit ? kept.route : null, kept?.at ?? 0];
      this.#asked = 0;
    }
    if (!field.online || (this.route && !this.off) || field.device - this.#asked < AGAIN_US) return;
    this.#asked = field.device;
    try {
      const route = await see<Route>(`/api/incidents/${incident}/route`, { unit });
      if (this.of !== incident) return;
      [this.route, this.at] = [route, field.now];
      await field.keep('way', { of: incident, unit, at: this.at, route } satisfies Kept);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
    }
  }
}
export const way = new Way();
