// The handbook on the phone: fetched when the house has another, kept with its age, read and searched with no network.
import { Fault, see } from '../house/doors';
import type { Instant } from '../model/contract';
import type { HandbookPage, HandbookView } from '../model/handbook';
import { field } from './field.svelte';

interface Kept { digest: string; at: Instant; pages: HandbookPage[] }

class Handbook {
  pages = $state.raw<HandbookPage[]>([]);
  /** When it was last seen to be the house's own; 0: it is not here. */
  at = $state<Instant>(0);
  #digest = '';
  #asked = false;

  async open(): Promise<void> {
    const kept = await field.recall<Kept>('handbook');
    if (kept) this.#take(kept);
  }

  /** Once with every coming of the network. */
  async refresh(online: boolean): Promise<void> {
    if (online === this.#asked) return;
    this.#asked = online;
    if (!online) return;
    try {
      const { digest, same, pages } = await see<HandbookView>('/api/handbook', this.#digest ? { have: this.#digest } : {});
      const kept: Kept = { digest, at: Date.now() * 1000, pages: same ? this.pages : pages };
      this.#take(kept);
      await field.keep('handbook', kept);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#asked = false;
    }
  }

  #take({ digest, at, pages }: Kept): void {
    [this.#digest, this.at, this.pages] = [digest, at, pages];
  }
}
export const handbook = new Handbook();
