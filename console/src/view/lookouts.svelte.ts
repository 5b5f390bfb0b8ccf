// What the layers ask of the house while they are on: ways being driven, cover and assets; never two questions of a kind at once.
import type { Cover, CoverCells, DrivenWays } from '../model/layers';
import { assetsIn, type Asset } from '../model/layers';
import { postsFor, type Move, type Moves, type Standby } from '../model/moves';
import { desk } from '../house/desk.svelte';
import { Fault, see } from '../house/doors';
import { layers } from '../house/layers.svelte';
import type { Floor } from './floor.svelte';
import { MOVES_DOOR, TABLE_DOOR } from './moving';

const AGAIN_MS = 5_000;
const SOON_MS = 250;

export class Lookouts {
  driven = $state.raw<DrivenWays | null>(null);
  cells = $state.raw<CoverCells | null>(null);
  cover = $state.raw<Cover | null>(null);
  assets = $state.raw<Asset[]>([]);
  /** The expected share and the moves that pay, and the one that is looked at just now. */
  moves = $state.raw<Moves | null>(null);
  looked = $state.raw<Move | null>(null);
  /** The table of standby, which stands as long as the house does. */
  table = $state.raw<Standby | null>(null);
  #turns = $state(0);
  /** A layer whose last question was not answered: what is drawn is old. */
  failed = $state.raw<readonly string[]>([]);
  #asking: string[] = [];

  constructor(readonly floor: Floor) {}

  get skill(): string {
    return layers.skill || Object.keys(desk.plan?.skills ?? {})[0] || '';
  }

  /** Where units with the skill that is looked at may wait beside their stations. */
  get posts(): Standby['posts'] {
    return postsFor(this.table, this.skill);
  }

  /** Cover and moves are asked for again at once: something was just done about them. */
  again(): void {
    this.#turns += 1;
  }

  /** Runs inside a component: each layer that is on is asked for again every few seconds, and at once when the floor changes under it. */
  follow(): void {
    this.#repeat('routes', () => [this.floor.live.closures, this.floor.live.incidents], async () => {
      this.driven = desk.may('/api/routes') ? await see<DrivenWays>('/api/routes') : null;
    });
    this.#repeat('cover', () => [this.floor.live.closures, this.skill, this.#turns], async () => {
      if (!desk.may('/api/cover') || !this.skill) return;
      this.cells ??= await see<CoverCells>('/api/cover/cells');
      if (desk.may(TABLE_DOOR)) this.table ??= await see<Standby>(TABLE_DOOR);
      const skill = this.skill;
      const cover = await see<Cover>('/api/cover', { skill });
      if (skill === this.skill) this.cover = cover;
      // The past suggests nothing, and what pays now is no answer of then.
      const moves = desk.may(MOVES_DOOR) && !this.floor.past ? await see<Moves>(MOVES_DOOR, { skill }) : null;
      if (skill === this.skill) this.moves = moves;
    });
    $effect(() => {
      if (!layers.on.has('assets') || this.assets.length) return;
      void this.#ask('assets', async () => {
        const answer = await fetch('/city/assets.jsonl');
        if (answer.ok) this.assets = assetsIn(await answer.text());
      });
    });
  }

  #repeat(layer: 'routes' | 'cover', turnsOn: () => unknown[], doing: () => Promise<void>): void {
    $effect(() => {
      if (!layers.on.has(layer) || !desk.me) return;
      turnsOn();
      const soon = setTimeout(() => void this.#ask(layer, doing), SOON_MS);
      const again = setInterval(() => {
        if (!document.hidden && !this.floor.offline) void this.#ask(layer, doing);
      }, AGAIN_MS);
      return () => {
        clearTimeout(soon);
        clearInterval(again);
      };
    });
  }

  async #ask(layer: string, doing: () => Promise<void>): Promise<void> {
    if (this.#asking.includes(layer)) return;
    this.#asking.push(layer);
    let failed = this.failed.filter((other) => other !== layer);
    try {
      await doing();
    } catch (fault) {
      if (!(fault instanceof Fault || fault instanceof TypeError)) throw fault;
      failed = [...failed, layer];
    } finally {
      this.#asking = this.#asking.filter((other) => other !== layer);
      this.failed = failed;
    }
  }
}
