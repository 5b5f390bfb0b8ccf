// Looking for gains and taking one: each kind of gain is one order at one door, and says what it did.
import type { Gain, Gains } from '../model/deciding';
import { desk } from '../house/desk.svelte';
import { ask, Fault, see } from '../house/doors';
import { shortNumber } from '../model/age';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

export const GAINS_DOOR = '/api/incidents/{incident}/gains';

/** Reads what could be gained for the selected incident now. */
export async function lookForGains(floor: Floor): Promise<void> {
  const incident = floor.selected;
  if (!incident || floor.past || !desk.may(GAINS_DOOR)) return;
  try {
    const gains = await see<Gains>(`/api/incidents/${incident}/gains`);
    if (floor.selected === incident) floor.gains = gains;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    floor.complain(fault);
  }
}

/** Takes one; the order is refused whole where the world has moved on since. */
export async function take(floor: Floor, gain: Gain): Promise<boolean> {
  const incident = floor.selected;
  const gain_s = gain.gain_s ?? 0;
  const { unit, shift, eta_s } = gain;
  const words = { unit, incident: shortNumber(incident) };
  const orders: Record<Gain['what'], () => Promise<boolean>> = {
    divert: () => floor.act(() => ask(`/api/incidents/${gain.source}/divert`, { unit, shift, to: incident, eta_s, gain_s }), m.gain_done_divert(words)),
    preempt: () => floor.act(() => ask(`/api/incidents/${gain.source}/divert`, { unit, shift, to: incident, eta_s, gain_s }), m.gain_done_divert(words)),
    swap: () => floor.act(() => ask(`/api/incidents/${incident}/swap`, { unit: gain.out, shift: gain.out_shift, to_unit: unit, to_shift: shift, eta_s, gain_s }),
      m.done_swapped({ unit: gain.out, to: unit })),
    stack: () => floor.act(() => ask(`/api/incidents/${incident}/stack`, { unit, shift, gain_s }), m.gain_done_stack(words)),
  };
  const done = await orders[gain.what]();
  await lookForGains(floor);
  return done;
}

/** The incident waits for that unit no longer. */
export function unstack(floor: Floor, unit: string, incident: string): Promise<boolean> {
  return floor.act(() => ask(`/api/incidents/${incident}/unstack`, { unit, shift: floor.unitRow(unit)?.shift ?? '' }),
    m.gain_done_unstack({ unit, incident: shortNumber(incident) }));
}
