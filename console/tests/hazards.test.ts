// Hazards and ticks as a page reads them: in force by the clock alone, for no longer than their kind may, and ticked as it will stand.
import { expect, test } from 'vitest';
import { own } from '../src/field/picture';
import { draft, meaning, type Action } from '../src/field/queue';
import { ticked } from '../src/field/ticks';
import { done, listOf, ticksOf, type ChecklistRow, type ChecklistsView } from '../src/model/checklists';
import type { Row } from '../src/model/contract';
import { parse, type Known } from '../src/model/grammar';
import { inForce, shownOn, spans, usual, type HazardKind, type HazardRow } from '../src/model/hazards';

const row = (id: string, since: number, until: number, incidents: string[]): HazardRow =>
  ({ row: 'hazard', id, kind: 'gas', source: 'seen', since, until, by: 'desk 1', place: null, radius_m: 0, incident: '', unit: '', words: false, incidents, renewed_by: '', renewed_at: 0 });
const says = { en: 'x', zh: 'x' };
const kind = (longest_s: number, usual_s: number): HazardKind => ({ code: 'gas', says, longest_s, usual_s, radius_m: 0 });

test('a hazard is shown up to its end and not at it, on its own incidents, the latest first', () => {
  const rows = [row('a', 1, 100, ['31']), row('b', 2, 50, ['31', '32']), row('c', 3, 100, ['32'])];
  expect(inForce(rows, 49).map((one) => one.id)).toEqual(['a', 'b', 'c']);
  expect(inForce(rows, 50).map((one) => one.id)).toEqual(['a', 'c']);
  expect(shownOn(rows, '31', 10).map((one) => one.id)).toEqual(['b', 'a']);
  expect(shownOn(rows, '32', 60).map((one) => one.id)).toEqual(['c']);
});

test('no span is longer than the kind may stand, and the form begins with what is usual', () => {
  expect(spans(kind(4 * 3600, 7200))).toEqual([1800, 3600, 7200, 14_400]);
  expect(spans(kind(5 * 3600, 7200)).at(-1)).toBe(18_000);
  expect(usual(kind(24 * 3600, 7200))).toBe(7200);
  expect(usual(kind(24 * 3600, 5 * 3600))).toBe(14_400);
  expect(usual(kind(900, 600))).toBe(900);
  expect(spans(undefined)).toEqual([]);
});

const ticks: ChecklistRow = { row: 'checklist', id: '31', ticks: [
  { list: 'fire', item: 'water', unit: 'E7', shift: 'D', at: 1 }, { list: 'fire', item: 'water', unit: 'T1', shift: 'D', at: 2 }, { list: 'fire', item: 'gas', unit: 'T1', shift: 'D', at: 3 }] };
const act = (id: number, what: 'tick' | 'untick', item: string, stand: Action['stand'] = 'queued', heard = 0): Action =>
  ({ ...draft(what, '', { list: 'fire', item }, { incident: '31', unit: 'E7', shift: 'D' }), id, key: '', by: 'mara', at: 0, ahead: 0, stand, tries: 0, problem: null, heard, again: false });
const of = { incident: '31', unit: 'E7', shift: 'D', device: 100e6 };

test('own ticks are those of the row with what is queued over them, and the house has the last word', () => {
  expect([...ticked(ticks, [], of)]).toEqual(['fire/water']);
  expect([...ticked(undefined, [act(1, 'tick', 'gas')], of)]).toEqual(['fire/gas']);
  expect([...ticked(ticks, [act(2, 'tick', 'water'), act(1, 'untick', 'water')], of)]).toEqual(['fire/water']);
  expect([...ticked(ticks, [act(1, 'untick', 'water')], of)]).toEqual([]);
  expect([...ticked(ticks, [act(1, 'untick', 'water', 'refused')], of)]).toEqual(['fire/water']);
  expect([...ticked(ticks, [act(1, 'tick', 'gas', 'kept', 99e6)], of)]).toEqual(['fire/water', 'fire/gas']);
  expect([...ticked(ticks, [act(1, 'tick', 'gas', 'kept', 90e6)], of)]).toEqual(['fire/water']);
  expect([...ticked(ticks, [act(1, 'tick', 'gas')], { ...of, incident: '32' })]).toEqual(['fire/water']);
  for (const code of ['item_ticked', 'item_not_ticked']) expect(meaning({ status: 409, code, title: '', title_zh: '', field: null })).toBe('known');
});

test('a list is that of the kind, and an item counts once whoever ticked it', () => {
  const view: ChecklistsView = { version: '1', sample: true, lists: [{ code: 'fire', says, kinds: ['fire', 'alarm'], items: ['water', 'gas', 'way'].map((code) => ({ code, says })) }] };
  const list = listOf(view, 'alarm');
  expect(list?.code).toBe('fire');
  expect(listOf(view, 'medical')).toBeUndefined();
  expect(list && done(ticks, list)).toBe(2);
  expect(ticksOf(ticks, 'fire', 'water').map((one) => one.unit)).toEqual(['E7', 'T1']);
});

test('a phone keeps the hazards and ticks of its own incident and no other', () => {
  const rows = [{ row: 'unit', id: 'E7', incident: '31', stacked: [] }, row('a', 1, 9, ['31']), row('b', 1, 9, ['32']), ticks, { ...ticks, id: '32' }] as unknown as Row[];
  expect(own(rows, 'E7').map((one) => one.id)).toEqual(['E7', 'a', '31']);
});

test('the command bar opens the form of a hazard, the kind before or after the incident, in either language', () => {
  const known: Known = { units: [], incidents: ['261123-0031'], states: [], kinds: [], dispositions: [], closures: [], selected: '', hazards: [{ code: 'gas', en: 'gas or vapour', zh: '燃气或可燃蒸气' }] };
  for (const line of ['hazard gas 31', 'hazard 31 gas', '危险 燃气 31', 'danger 31 vapour']) expect(parse(line, known).order).toEqual({ verb: 'hazard', incident: '261123-0031', kind: 'gas' });
  expect(parse('hazard gas', known).gap?.code).toBe('incident');
  expect(parse('hazard gas', { ...known, selected: '261123-0031' }).order).toEqual({ verb: 'hazard', incident: '261123-0031', kind: 'gas' });
  expect(parse('hazard 31 dragon', known).gap).toEqual({ code: 'hazard', said: 'dragon' });
});
