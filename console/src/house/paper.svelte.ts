// The paper pack on this console's disk: fetched each minute while a desk is open, served by the service worker when nothing else is.
import type { Instant, Receipt } from '../model/contract';
import { desk } from './desk.svelte';
import { ask } from './doors';

const CACHE = 'tocsin-pack';
const FIRST_MS = 20_000;
const EVERY_MS = 60_000;
const PATIENCE_MS = 90_000;

class Paper {
  /** The house's time of the pack that lies on this disk; 0: none. */
  at = $state<Instant>(0);
  block = $state(localStorage.getItem('tocsin.paper') ?? '');
  busy = $state(false);
  failed = $state(false);
  #timers: ReturnType<typeof setTimeout>[] = [];

  open(): void {
    if (!('serviceWorker' in navigator)) return;
    void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
    void caches.open(CACHE).then((kept) => kept.match('/paper/pack.json')).then((found) => found?.json()).then((pack?: { at: Instant }) => {
      if (pack) this.at = pack.at;
    });
    this.#timers = [setTimeout(() => void this.refresh(), FIRST_MS), setInterval(() => void this.refresh(), EVERY_MS)];
  }

  close(): void {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  /** Fetches pages and data; what cannot be had leaves the last ones where they are. */
  async refresh(): Promise<void> {
    if (this.busy || !('caches' in window) || !desk.may('/api/pack.pdf')) return;
    this.busy = true;
    try {
      const kept = await caches.open(CACHE);
      const tongue = desk.tongue;
      const pack = await had('/api/pack');
      await kept.put(`/paper/pack-${tongue}.pdf`, await had(`/api/pack.pdf?tongue=${tongue}`));
      const said = (await pack.clone().json()) as { at: Instant };
      await kept.put('/paper/pack.json', new Response(await pack.text(), { headers: { 'content-type': 'application/json', 'x-kept-at': String(Date.now()) } }));
      if (desk.may('/api/paper/blocks')) await this.#forms(kept, tongue);
      this.at = said.at;
      this.failed = false;
    } catch {
      this.failed = true;
    } finally {
      this.busy = false;
    }
  }

  /** This desk's own block of blank forms: asked for once, printed once in each language. */
  async #forms(kept: Cache, tongue: string): Promise<void> {
    if (!this.block) {
      const receipt: Receipt = await ask('/api/paper/blocks', {});
      this.block = receipt.subject.replace(/^paper:/, '');
      localStorage.setItem('tocsin.paper', this.block);
    }
    if (await kept.match(`/paper/forms-${tongue}.pdf`)) return;
    await kept.put(`/paper/forms-${tongue}.pdf`, await had(`/api/paper/forms.pdf?block=${this.block}&tongue=${tongue}`));
  }

  /** Signing out takes the pack away from this disk. */
  async remove(): Promise<void> {
    this.close();
    if ('caches' in window) await caches.delete(CACHE);
    this.at = 0;
  }
}

async function had(path: string): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(path);
  return response;
}

export const paper = new Paper();
