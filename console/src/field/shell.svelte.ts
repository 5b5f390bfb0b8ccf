// What lies on the phone beside the queue: the page itself, kept by its service worker, and the city around the unit, fetched here, with its size and age.
import type { Instant } from '../model/contract';

const CACHE = 'tocsin-city';
const FILES = ['/city/basemap.pmtiles', '/city/areas.geojson', '/city/assets.jsonl', '/city/manifest.json', '/city/places.bin'];
/** A city's map beyond this is left to the network: a phone has other things to keep. */
export const MOST_BYTES = 96 * 1024 * 1024;
const WHEN = 'x-kept-at';

class Shell {
  /** Bytes of the city on this phone, and since when the oldest of its files is there; 0: not yet. */
  bytes = $state(0);
  at = $state<Instant>(0);
  /** The city's map is larger than what a phone keeps. */
  large = $state(false);
  /** Which map that is: the house's mark of its file. */
  mark = $state('');
  busy = $state(false);
  /** Whether the page itself would open without a network. */
  installed = $state(false);

  async open(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    await navigator.serviceWorker.register('/field-sw.js', { scope: '/field' }).catch(() => undefined);
    void navigator.serviceWorker.ready.then(() => (this.installed = true));
    await this.#look();
  }

  /** Fetches what is missing or has changed since; what cannot be had leaves what lies there. */
  async keep(): Promise<void> {
    if (this.busy || !('caches' in window)) return;
    this.busy = true;
    try {
      const cache = await caches.open(CACHE);
      for (const file of FILES) await this.#one(cache, file);
    } catch {
      // no network, or no room: it is asked for again with the next opening
    } finally {
      this.busy = false;
      await this.#look();
    }
  }

  async #one(cache: Cache, file: string): Promise<void> {
    const kept = await cache.match(file);
    const head = await fetch(file, { method: 'HEAD', cache: 'no-store' });
    if (!head.ok) return;
    const size = Number(head.headers.get('content-length') ?? 0);
    if (size > MOST_BYTES) {
      this.large = true;
      this.mark = head.headers.get('etag') ?? '';
      await cache.delete(file);
      return;
    }
    const same = kept && kept.headers.get('etag') === head.headers.get('etag');
    const answer = same ? kept : await fetch(file, { cache: 'reload' });
    if (!answer.ok) return;
    const headers = new Headers({ 'content-type': answer.headers.get('content-type') ?? '', etag: answer.headers.get('etag') ?? '', [WHEN]: String(Date.now() * 1000) });
    await cache.put(file, new Response(await answer.blob(), { headers }));
  }

  async #look(): Promise<void> {
    const kept = await caches.open(CACHE).then((cache) => Promise.all(FILES.map((file) => cache.match(file))));
    const found = await Promise.all(kept.flatMap((one) => (one ? [one.blob().then(({ size }) => ({ size, at: Number(one.headers.get(WHEN)) }))] : [])));
    this.bytes = found.reduce((sum, one) => sum + one.size, 0);
    this.at = found.length ? Math.min(...found.map((one) => one.at)) : 0;
  }
}

export const shell = new Shell();
