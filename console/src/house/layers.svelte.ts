// Which layers this desk has on, remembered by the desk, and for which skill cover is asked.
import { recalled, without, type Layer } from '../model/layers';

class Layers {
  on = $state.raw<ReadonlySet<Layer>>(recalled(localStorage.getItem('tocsin.layers')));
  /** The skill that cover is for; empty until the desk chose one: then the plan's first. */
  skill = $state(localStorage.getItem('tocsin.cover') ?? '');

  toggle(layer: Layer): void {
    this.on = without(this.on, layer);
    localStorage.setItem('tocsin.layers', [...this.on].join(' '));
  }

  cover(skill: string): void {
    this.skill = skill;
    localStorage.setItem('tocsin.cover', skill);
  }
}

export const layers = new Layers();
