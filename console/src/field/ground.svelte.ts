// The way reckoned on the phone where no house can be asked: over the roads that lie here, round the streets that the phone knows to be shut.
import type { Instant, Route } from '../model/contract';
import { inflated } from '../places/gazetteer';
import { nearest, shutRows } from '../roads/near';
import { unpackedRoads, USES, type Point, type Roads } from '../roads/network';
import { route } from '../roads/route';
import { field } from './field.svelte';
import { CITY } from './shell.svelte';

const FILE = '/city/roads.bin';

/** From where to where, as the house would take it: with lights and siren, or as an ordinary drive. */
export interface Trip { from: Point; heading: number | null; to: Point; lights: boolean }

class Ground {
  /** Since when the roads lie here; 0: they do not. */
  at = $state<Instant>(0);
  /** Whether it was looked for them. */
  looked = $state(false);
  #roads: Roads | null = null;
  #mark = '';

  /** The way by this phone's own reckoning; null where it has no roads, or none near one of the two places. */
  async reckon({ from, heading, to, lights }: Trip): Promise<Route | null> {
    const roads = await this.#ready();
    if (!roads) return null;
    const { stop } = USES[lights ? 'lights' : 'ordinary'];
    const [here, there] = [nearest(roads, from, stop, heading), nearest(roads, to, stop)];
    return here && there && route(roads, { from: here, to: there, lights, shut: shutRows(roads, field.closures) });
  }

  /** Reads the file if it is not read yet, or if another lies there now; what cannot be read is as if it were not there. */
  async #ready(): Promise<Roads | null> {
    const kept = 'caches' in globalThis ? await caches.match(FILE, { cacheName: CITY }) : undefined;
    const mark = kept?.headers.get('etag') ?? '';
    if (!kept) [this.#roads, this.#mark] = [null, ''];
    else if (mark !== this.#mark || !this.#roads) {
      this.#roads = await kept.blob().then(inflated).then(unpackedRoads).catch(() => null);
      this.#mark = mark;
    }
    this.at = this.#roads ? Number(kept?.headers.get('x-kept-at') ?? 0) : 0;
    this.looked = true;
    return this.#roads;
  }
}
export const ground = new Ground();
