// What is looked up on the phone with no network: places of the city, by the file that lies here, and pages of the handbook.
import type { Instant } from '../model/contract';
import { bearing, inflated, unpacked } from '../places/gazetteer';
import { Finder, type Hit } from '../places/finder';
import { field } from './field.svelte';
import { places } from './places.svelte';
import type { Goal } from './way.svelte';

export type Part = '' | 'places' | 'handbook';
const FILE = '/city/places.bin';

class Lookup {
  /** Which of the two is open; empty: none. */
  part = $state<Part>('');
  /** The page of the handbook that is read; empty: the list. */
  page = $state('');
  /** The place that stands on the map. */
  shown = $state.raw<Hit | null>(null);
  finder = $state.raw<Finder | null>(null);
  /** Whether house numbers are among the places, and since when the file is here; 0: it is not. */
  numbers = $state(true);
  at = $state<Instant>(0);
  busy = $state(false);
  #mark = '';

  show(part: Part, page = ''): void {
    [this.part, this.page] = [part, page];
    if (part === 'places') void this.ready();
  }

  /** What was looked up is of the shift that is over. */
  forget(): void {
    [this.part, this.page, this.shown] = ['', '', null];
  }

  /** Reads the file if it is not read yet, or if another lies there now. */
  async ready(): Promise<void> {
    if (this.busy || !('caches' in window)) return;
    this.busy = true;
    try {
      const kept = await caches.match(FILE, { cacheName: 'tocsin-city' });
      const mark = kept?.headers.get('etag') ?? '';
      this.at = Number(kept?.headers.get('x-kept-at') ?? 0);
      if (!kept || mark === this.#mark) return;
      const all = unpacked(await inflated(await kept.blob()));
      [this.finder, this.numbers, this.#mark] = [new Finder(all), all.numbers, mark];
    } finally {
      this.busy = false;
    }
  }

  /** Where distances are from: this phone, else what the house heard of the unit last, else its station, which is said. */
  get from(): [number, number] | null {
    const at = this.#known ?? field.row?.home;
    return at ? [at.lon, at.lat] : null;
  }
  get fromStation(): boolean { return !this.#known; }
  get #known(): { lon: number; lat: number } | undefined { return places.here ?? field.live?.position(field.unit); }
  /** Which of eight ways a place lies, from north by the east; -1: nobody knows from where. */
  side = (hit: { lon: number; lat: number }): number => (this.from ? Math.round(bearing(...this.from, hit.lon, hit.lat) / 45) % 8 : -1);
  goal = (hit: Hit): Goal => ({ of: `place:${hit.lon.toFixed(5)},${hit.lat.toFixed(5)}`, path: '/api/way', ask: { lon: hit.lon, lat: hit.lat } });
}
export const lookup = new Lookup();
