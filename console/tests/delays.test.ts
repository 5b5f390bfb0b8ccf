// In how many asks entries are kept back, and how a delay stands.
import { describe, expect, it } from 'vitest';
import { asks, covering, delayState, delayWaits, type DelayRow, type DelaysView } from '../src/model/delays';

const showing = (position: number, record: string) => ({ position, record, at: 1, how: 'shown' as const, by: 'chief 1', roles: [], purpose: 'response', fields: [] });
const view: DelaysView = {
  call: '261129-0001',
  delays: [{ delay: '261129-0002', positions: [9], days: 3, until: 50, state: 'granted', asked_by: 'chief 1' }],
  showings: [showing(9, 'call:261129-0001'), showing(10, 'incident:261129-0001'), showing(12, 'file:261129-0004'), showing(14, 'contact:261129-0007')],
};

describe('delays', () => {
  it('asks once for the call and its incident, and once for each other record', () => {
    expect(asks(view, [9, 10, 12, 14])).toEqual([
      { record: '', positions: [9, 10] }, { record: 'file:261129-0004', positions: [12] }, { record: 'contact:261129-0007', positions: [14] }]);
    expect(asks(view, [99])).toEqual([]);
  });
  it('is over when its time is, and covers nothing then', () => {
    expect(delayState({ state: 'granted', until: 50 }, 49)).toBe('granted');
    expect(delayState({ state: 'granted', until: 50 }, 50)).toBe('over');
    expect(covering(view, 9, 49)?.delay).toBe('261129-0002');
    expect(covering(view, 9, 50)).toBeUndefined();
    expect(covering(view, 10, 49)).toBeUndefined();
  });
  it('waits for anybody but the one who asked', () => {
    const row: DelayRow = { row: 'delay', id: '1', state: 'asked', since: 1, until: 0, days: 3, asked_by: 'chief 1', decided_by: '', ended_by: '', renewed: 0 };
    expect([delayWaits(row, 'chief 1'), delayWaits(row, 'chief 2'), delayWaits({ ...row, state: 'refused' }, 'chief 2')]).toEqual([false, true, false]);
  });
});
