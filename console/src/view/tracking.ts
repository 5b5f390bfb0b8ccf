// The doors at which trackers are kept, and what is typed where, in words.
import { desk } from '../house/desk.svelte';
import { ask } from '../house/doors';
import { m } from '../words/messages.js';
import type { DeviceKind, Typed } from '../model/trackers';
import type { Floor } from './floor.svelte';

export const TRACKERS_DOOR = '/api/trackers';
export const KEYS_DOOR = '/api/keys/rotate';
export const BIND_DOOR = '/api/trackers/{tracker}/bind';
/** The door at which a tracker tells; a key for it alone opens nothing else. */
export const TELLS = '/api/positions';

/** Lets a tracker speak for a unit: in each of its shifts, or in the one that is named. */
export const bind = (floor: Floor, tracker: string, unit: string, shift: string): Promise<boolean> =>
  floor.act(() => ask(`/api/trackers/${encodeURIComponent(tracker)}/bind`, { unit, shift }), shift ? m.track_done_bound_shift({ tracker, unit }) : m.track_done_bound({ tracker, unit }));

export const free = (floor: Floor, tracker: string): Promise<boolean> =>
  floor.act(() => ask(`/api/trackers/${encodeURIComponent(tracker)}/free`, {}), m.track_done_freed({ tracker }));

export const mayBind = (): boolean => desk.may(BIND_DOOR);

export const DEVICE_NAMES: Record<DeviceKind, () => string> = {
  traccar: () => 'Traccar Client', owntracks: () => 'OwnTracks (HTTP)', mqtt: () => 'OwnTracks (MQTT)', nmea: m.track_device_nmea, tak: () => 'ATAK / iTAK',
};
const HINTS: Record<DeviceKind, () => string> = { traccar: m.track_hint_traccar, owntracks: m.track_hint_owntracks, mqtt: m.track_hint_mqtt, nmea: m.track_hint_nmea, tak: m.track_hint_tak };
const OFF: Partial<Record<DeviceKind, () => string>> = { mqtt: m.track_off_mqtt, nmea: m.track_off_nmea, tak: m.track_off_tak };
/** What there is to know beside the fields; and where the house does not hear it, how that is switched on. */
export const deviceHint = (device: DeviceKind, of: Typed): string => (of.off ? OFF[device]?.() : '') || HINTS[device]();

/** The fields in the order in which the device asks for them. */
export function fields(of: Typed): [string, string][] {
  const named: [string, string | undefined][] = [
    [m.track_field_address(), of.address], [m.track_field_host(), of.host], [m.track_field_port(), of.port], [m.track_field_protocol(), of.tls === undefined || of.off ? undefined : of.tls ? 'SSL' : 'TCP'],
    [m.track_field_identifier(), of.identifier], [m.track_field_user(), of.user], [m.track_field_password(), of.password], [m.track_field_topic(), of.topic], [m.track_field_line(), of.line],
  ];
  return named.flatMap(([name, value]): [string, string][] => (value === undefined || (!value && of.off) ? [] : [[name, value || m.track_key_gone()]]));
}
