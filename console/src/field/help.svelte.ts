// The call for help as this phone knows it: written down, heard by the house, confirmed by dispatch; each is told apart from the one before.
import type { Instant } from '../model/contract';
import { field } from './field.svelte';
import { places } from './places.svelte';

export interface HelpRow { row: 'help'; id: string; shift: string; person: string; since: Instant; heard_at: Instant; confirmed_by: string; confirmed_at: Instant }
/** `none`; `queued`: nobody knows yet; `refused`: the house would not have it; `heard`: it is on the screens; `confirmed`: dispatch has said so. */
export type Help = 'none' | 'queued' | 'refused' | 'heard' | 'confirmed';

class Calls {
  get row(): HelpRow | undefined { return field.rows<HelpRow>('help').find((row) => row.id === field.unit); }
  get stands(): Help {
    if (this.row?.confirmed_by) return 'confirmed';
    if (this.row) return 'heard';
    // An old call is over once it was heard; only what is still on this phone speaks for itself.
    const asked = field.actions.filter((one) => one.what === 'help' && one.path.endsWith('/help') && one.unit === field.unit);
    if (asked.some((one) => one.stand === 'queued')) return 'queued';
    return asked.some((one) => one.stand === 'refused') ? 'refused' : 'none';
  }

  async call(): Promise<void> {
    const here = places.here;
    navigator.vibrate?.([200, 100, 200]);
    await field.do('help', `/api/units/${field.unit}/help`, { shift: field.row?.shift, ...(here && { lon: here.lon, lat: here.lat }) }, { incident: field.job?.id ?? '' });
  }
  /** Tells dispatch how it stands. Only the floor ends a call, after it has spoken with the crew: whoever holds the phone might not be of it. */
  async tell(text: string): Promise<void> {
    const incident = field.job?.id ?? '';
    await field.do('message', '/api/messages', { to_kind: 'role', to: 'dispatcher', text, incident, from_unit: field.unit, urgent: true }, { incident });
  }
}
export const help = new Calls();
