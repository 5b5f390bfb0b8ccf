// Trackers as their page knows them: the list that the house gives, and what is typed into each kind of device.
import type { Instant, Row, Words } from './contract';

/** Which unit a tracker speaks for; on the live stream. */
export interface TrackerRow extends Row { row: 'tracker'; unit: string; shift: string }
export interface RefusedLine { code: string; says: Words; count: number }
export interface TrackerLine {
  number: string; name: string; unit: string; shift: string;
  /** Whether a phone with this key is shown units and incidents. */
  shown: boolean;
  until: Instant; used: Instant; heard_at: Instant; protocol: string; made: Words | null; refused: RefusedLine[];
}
export interface TrackersView { at: Instant; trackers: TrackerLine[]; unknown: RefusedLine[]; minutes: number; open: Record<string, string> }

/** Devices by what is typed into them; each is a protocol that the house speaks. */
export const DEVICES = ['traccar', 'owntracks', 'mqtt', 'nmea', 'tak'] as const;
export type DeviceKind = (typeof DEVICES)[number];

const NAMES: Record<string, string> = { osmand: 'Traccar', owntracks: 'OwnTracks', 'owntracks-mqtt': 'OwnTracks MQTT', nmea: 'NMEA 0183', cot: 'TAK' };
/** A protocol by the name that people know it by. */
export const protocolName = (code: string): string => NAMES[code] ?? code;

/** What is typed where: fields that a device does not ask for are not there. `off`: the house does not hear this protocol now. */
export interface Typed { address?: string; host?: string; port?: string; identifier?: string; user?: string; password?: string; topic?: string; line?: string; tls?: boolean; off?: boolean }

/** For one device: `key` is empty where it is not known any more; then who reads puts it in. */
export function typed(device: DeviceKind, of: { number: string; key: string }, origin: string, host: string, open: Record<string, string>): Typed {
  switch (device) {
    case 'traccar': return { address: `${origin}/trackers/osmand`, identifier: of.key };
    case 'owntracks': return { address: `${origin}/trackers/owntracks`, user: of.number, password: of.key };
    case 'mqtt': {
      const broker = open['owntracks-mqtt'] ?? '';
      const at = broker.lastIndexOf(':');
      return { host: broker.slice(0, Math.max(0, at)), port: broker.slice(at + 1), user: of.number, password: of.key, topic: `owntracks/${of.number}/`, off: !broker };
    }
    case 'nmea': return { host, port: open['nmea'] ?? '', line: of.key, off: !open['nmea'] };
    case 'tak': {
      const port = open['cot-tls'] ?? open['cot'] ?? '';
      return { host, port, user: of.number, password: of.key, tls: !!open['cot-tls'], off: !port };
    }
  }
}

/** How many of all that was refused of one. */
export const refusals = (lines: readonly RefusedLine[]): number => lines.reduce((sum, one) => sum + one.count, 0);
