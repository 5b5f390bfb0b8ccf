// How what the floor leans on stands: asked every few seconds, and at once after a refusal that says the house itself is unwell.
import type { Words } from '../model/contract';
import { see } from './doors';

export interface Part { name: string; state: 'ok' | 'low' | 'failed'; says: Words | null; works: Words | null }
const EVERY_MS = 5_000;

class Health {
  parts = $state.raw<Part[]>([]);
  #timer: ReturnType<typeof setInterval> | undefined;

  open(): void {
    void this.look();
    this.#timer = setInterval(() => void this.look(), EVERY_MS);
  }
  close(): void {
    clearInterval(this.#timer);
  }
  async look(): Promise<void> {
    const found = await see<{ parts: Part[] }>('/api/health').catch(() => null);
    if (found && JSON.stringify(found.parts) !== JSON.stringify(this.parts)) this.parts = found.parts;
  }
  get unwell(): Part[] {
    return this.parts.filter((part) => part.state !== 'ok');
  }
}

export const health = new Health();
