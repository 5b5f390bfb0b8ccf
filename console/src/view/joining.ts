// Joining, separating and linking incidents: what a desk does about them, each answered in words.
import { ask } from '../house/doors';
import { shortNumber } from '../model/age';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

const short = shortNumber;
const door = (incident: string, what: string): string => `/api/incidents/${incident}/${what}`;

/** The row that an incident was joined into, where it was. */
export const mainOf = (floor: Floor, incident: string): string =>
  floor.live.incidents.find((row) => row.joined.some((one) => one.incident === incident))?.id ?? '';

/** Joins one into another and shows that one, where it is now worked. */
export async function join(floor: Floor, incident: string, into: string, score = -1): Promise<boolean> {
  const done = await floor.act(() => ask(door(incident, 'join'), { into, score }), m.alike_done_join({ incident: short(incident), into: short(into) }));
  if (done && floor.selected === incident) floor.select(into);
  return done;
}

export async function separate(floor: Floor, incident: string, from: string): Promise<boolean> {
  const done = await floor.act(() => ask(door(incident, 'separate'), { out_of: from }), m.alike_done_separate({ incident: short(incident), from: short(from) }));
  if (done) void floor.readStory();
  return done;
}

export const link = (floor: Floor, incident: string, to: string): Promise<boolean> =>
  floor.act(() => ask(door(incident, 'link'), { to }), m.alike_done_link({ incident: short(incident), to: short(to) }));

export const unlink = (floor: Floor, incident: string, to: string): Promise<boolean> =>
  floor.act(() => ask(door(incident, 'unlink'), { to }), m.alike_done_unlink({ incident: short(incident), to: short(to) }));

export const looked = (floor: Floor, incident: string, joined: string): Promise<boolean> =>
  floor.act(() => ask(door(incident, 'looked'), { joined }), m.alike_done_looked({ incident: short(joined) }));
