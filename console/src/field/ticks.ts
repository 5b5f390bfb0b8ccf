// Which items of a checklist this unit has ticked, as it will stand once the house has heard what is queued here.
import type { ChecklistRow } from '../model/checklists';
import type { Instant } from '../model/contract';
import type { Action } from './queue';

/** What was just kept may not be in the row yet: so long this phone's own word stands over it. */
const SETTLES_US = 5e6;

/** `list/item` of everything that the unit's crew has ticked. */
export function ticked(row: ChecklistRow | undefined, actions: readonly Action[], of: { incident: string; unit: string; shift: string; device: Instant }): Set<string> {
  const found = new Set(row?.ticks.filter((one) => one.unit === of.unit && one.shift === of.shift).map((one) => `${one.list}/${one.item}`));
  for (const one of [...actions].sort((a, b) => a.id - b.id)) {
    if (one.incident !== of.incident || one.unit !== of.unit || one.shift !== of.shift) continue;
    if (one.stand !== 'queued' && !(one.stand === 'kept' && of.device - one.heard < SETTLES_US)) continue;
    const item = `${String(one.body['list'])}/${String(one.body['item'])}`;
    if (one.what === 'tick') found.add(item);
    else if (one.what === 'untick') found.delete(item);
  }
  return found;
}
