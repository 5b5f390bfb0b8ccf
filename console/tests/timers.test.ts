// Timers on the desk: which stage each is in, one mark a row, and a storm that becomes a few lines.
import { describe, expect, it } from 'vitest';
import { listed, MOST_OF_A_RULE, overdue, pressingBy, stage, type TimerRow } from '../src/model/timers';

const NOW = 1_000_000e6;
const timer = (over_s: number, more: Partial<TimerRow> = {}): TimerRow => ({
  row: 'timer', id: `${more.rule ?? 'pending'}:${more.incident ?? more.unit ?? over_s}`, rule: 'pending', condition: 'pending', since: NOW - 90e6,
  due_at: NOW - over_s * 1e6, next_at: NOW - over_s * 1e6, priority: 1, incident: '', unit: '', shift: '', message: '', eta_s: -1,
  step: 0, to: '', escalated_at: 0, acknowledged_by: '', acknowledged_at: 0, ...more,
});

describe('a timer', () => {
  it('counts by the clock of the desk and needs no word from the house', () => {
    expect(stage(timer(-31), NOW)).toBe('running');
    expect(stage(timer(-30), NOW)).toBe('soon');
    expect(stage(timer(0), NOW)).toBe('due');
    expect(stage(timer(5, { step: 1, to: 'dispatcher' }), NOW)).toBe('raised');
    expect(stage(timer(-20, { acknowledged_at: NOW - 5e6 }), NOW)).toBe('held');
    expect(stage(timer(1, { acknowledged_at: NOW - 5e6 }), NOW)).toBe('due');
  });
  it('gives each row one mark: the one that presses most', () => {
    const rows = [timer(10, { incident: '31', rule: 'unfilled' }), timer(5, { incident: '31', unit: 'E7', rule: 'welfare', step: 1 }), timer(-10, { incident: '32' })];
    const marks = pressingBy(rows, NOW, 'incident');
    expect([...marks].map(([id, row]) => [id, row.rule])).toEqual([['31', 'welfare']]);
    expect(pressingBy(rows, NOW, 'unit').get('E7')?.rule).toBe('welfare');
    expect(overdue(rows, NOW)).toHaveLength(2);
  });
  it('is listed by how far it is over, the raised first, what is far off not at all', () => {
    const rows = [timer(-300, { incident: '1' }), timer(-20, { incident: '2' }), timer(5, { incident: '3' }), timer(60, { incident: '4' }), timer(2, { incident: '5', step: 1 })];
    expect(listed(rows, NOW).map((line) => line.row.incident)).toEqual(['5', '4', '3', '2']);
  });
  it('in a storm of five hundred is a few lines and one that says how many more, until it is opened', () => {
    const storm = Array.from({ length: 500 }, (_, n) => timer(500 - n, { incident: `${n}`, step: 1 }));
    const other = timer(3, { unit: 'E7', rule: 'welfare', step: 1 });
    const lines = listed([...storm, other], NOW);
    expect(lines).toHaveLength(MOST_OF_A_RULE + 1 + 1);
    expect(lines.find((line) => line.more)?.more).toBe(500 - MOST_OF_A_RULE);
    expect(lines.some((line) => line.row.rule === 'welfare')).toBe(true);
    expect(listed(storm, NOW, new Set(['pending']))).toHaveLength(500);
  });
});
