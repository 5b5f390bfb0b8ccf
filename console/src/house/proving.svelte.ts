// Proving once more who one is, where the house asks it for something heavy; what was asked is then asked again.
import { Fault } from './doors';

class Proving {
  /** Whether the page should ask for it now. */
  wanted = $state(false);
  #told: ((proved: boolean) => void) | null = null;

  /** Does something; where the house wants a proof first, waits for it and does it once more. */
  async through<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.problem.code !== 'prove_again') throw fault;
      this.wanted = true;
      const proved = await new Promise<boolean>((told) => (this.#told = told));
      this.wanted = false;
      if (!proved) throw fault;
      return act();
    }
  }

  tell(proved: boolean): void {
    this.#told?.(proved);
    this.#told = null;
  }
}

export const proving = new Proving();
