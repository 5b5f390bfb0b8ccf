// One set of lookouts for each floor, shared by the map that draws them and the sheet that tells of them.
import type { Floor } from './floor.svelte';
import { Lookouts } from './lookouts.svelte';

const of = new WeakMap<Floor, Lookouts>();

export function lookout(floor: Floor): Lookouts {
  let found = of.get(floor);
  if (!found) of.set(floor, (found = new Lookouts(floor)));
  return found;
}
