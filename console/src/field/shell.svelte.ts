// What lies on the phone beside the queue: the page itself, kept by its service worker, and the city around the unit, fetched here, with its size and age.
import type { Instant } from '../model/contract';

export const CITY = 'tocsin-city';
const FILES = ['/city/basemap.pmtiles', '/city/areas.geojson', '/city/assets.jsonl', '/city/manifest.json', '/city/places.bin', '/city/roads.bin'];
/** A city's map beyond this is left to the network: a phone has other things to keep. */
export const MOST_BYTES = 96 * 1024 * 1024;
const WHEN = 'x-kept-at';
/** A page that stays open for days asks for a newer one as often as this. */
const NEWER_MS = 30 * 60_000;

/** Whether nobody is in the middle of something on this page. */
const atRest = (): boolean =>
  !document.querySelector('dialog[open], [data-busy]') && ![...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('textarea, input:not([type])')].some((one) => one.value.trim());

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
  /** A newer page lies on the phone; this one goes on until it is safe to leave it. */
  newer = $state(false);
  #worker: ServiceWorkerRegistration | undefined;

  async open(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    let served = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      this.newer ||= served; // the first worker of all brings no other page
      served = true;
    });
    document.addEventListener('visibilitychange', () => this.renew());
    setInterval(() => this.look(), NEWER_MS);
    this.#worker = await navigator.serviceWorker.register('/field-sw.js', { scope: '/field' }).catch(() => undefined);
    void navigator.serviceWorker.ready.then(() => (this.installed = true));
    await this.#look();
  }

  /** Asks whether the house has a newer page. */
  look(): void {
    void this.#worker?.update().catch(() => undefined);
  }

  /** Goes over to the newer page where nothing is lost by it: nothing is being written, asked or recorded here. What is queued lies on the disk. */
  renew(now = false): void {
    if (!this.newer || (!now && !atRest())) return;
    location.reload();
  }

  /** Fetches what is missing or has changed since; what cannot be had leaves what lies there. */
  async keep(): Promise<void> {
    if (this.busy || !('caches' in window)) return;
    this.busy = true;
    try {
      const cache = await caches.open(CITY);
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
    const kept = await caches.open(CITY).then((cache) => Promise.all(FILES.map((file) => cache.match(file))));
    const found = await Promise.all(kept.flatMap((one) => (one ? [one.blob().then(({ size }) => ({ size, at: Number(one.headers.get(WHEN)) }))] : [])));
    this.bytes = found.reduce((sum, one) => sum + one.size, 0);
    this.at = found.length ? Math.min(...found.map((one) => one.at)) : 0;
  }
}

export const shell = new Shell();
