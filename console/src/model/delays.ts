// Delayed disclosure as the console knows it: how a delay stands, what of a call's trail can be kept back, and in how many asks.
import type { Instant, Row } from './contract';
import type { TrailLine } from './trail';

export interface DelayRow extends Row {
  row: 'delay'; state: 'asked' | 'granted' | 'refused' | 'ended'; since: Instant; until: Instant; days: number;
  asked_by: string; decided_by: string; ended_by: string; renewed: number;
}
export interface DelayView {
  delay: string; call: string; positions: number[]; days: number; until: Instant; state: DelayRow['state']; reason: string | null; refused: string | null;
  steps: { what: DelayRow['state']; by: string; at: Instant }[];
}
export interface DelayLine { delay: string; positions: number[]; days: number; until: Instant; state: DelayRow['state']; asked_by: string }
export interface Showing { position: number; at: Instant; record: string; how: TrailLine['how']; by: string; roles: string[]; purpose: string; fields: string[] }
export interface DelaysView { call: string; delays: DelayLine[]; showings: Showing[] }

export type DelayState = DelayRow['state'] | 'over';
export const delayState = (one: { state: DelayRow['state']; until: Instant }, now: Instant): DelayState => (one.state === 'granted' && one.until <= now ? 'over' : one.state);

/** Whether a delay waits for somebody else than the one who asked. */
export const delayWaits = (row: DelayRow, me: string): boolean => row.state === 'asked' && row.asked_by !== me;

/** The delay that covers an entry now, or waits to. */
export const covering = (view: DelaysView, position: number, now: Instant): DelayLine | undefined =>
  view.delays.find((one) => one.positions.includes(position) && ['asked', 'granted'].includes(delayState(one, now)));

/** One ask for the call with its incident, and one for each other record: the house looks entries up by their record. */
export function asks(view: DelaysView, positions: readonly number[]): { record: string; positions: number[] }[] {
  const own = [`call:${view.call}`, `incident:${view.call}`];
  const by = new Map<string, number[]>();
  for (const one of view.showings.filter((each) => positions.includes(each.position))) {
    const record = own.includes(one.record) ? '' : one.record;
    by.set(record, [...(by.get(record) ?? []), one.position]);
  }
  return [...by].map(([record, at]) => ({ record, positions: at }));
}
