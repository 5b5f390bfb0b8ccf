// Back-entry: times of the city's clock become moments that have been, and a form becomes steps in their true order.
import { expect, test } from 'vitest';
import { steps, units, when } from '../src/model/paper';

const NOW = Date.UTC(2026, 10, 23, 21, 4, 9) * 1000; // 05:04:09 on the 24th in Shanghai
const ZONE = 'Asia/Shanghai';
const at = (day: number, hour: number, minute: number, second = 0): number => Date.UTC(2026, 10, day, hour, minute, second) * 1000;

test.each([['0501', at(23, 21, 1)], ['05:01:30', at(23, 21, 1, 30)], ['812', at(23, 0, 12)], ['23:59', at(23, 15, 59)]])('%s is the latest such time that has been', (said, moment) =>
  expect(when(said, NOW, ZONE)).toBe(moment));
test.each(['', '25:00', '0860', 'soon', '8'])('%j is no time', (said) => expect(when(said, NOW, ZONE)).toBeNull());

const CALLED = at(23, 20, 0);
test('units with their times', () => {
  expect(units('e7 0401 0410 0440, A4 0402 - 0420', CALLED, NOW, ZONE, ['E7', 'A4'])).toEqual([
    { unit: 'E7', sent: at(23, 20, 1), there: at(23, 20, 10), free: at(23, 20, 40) },
    { unit: 'A4', sent: at(23, 20, 2), there: null, free: at(23, 20, 20) }]);
});
test.each([['X9 0401', 'unit'], ['E7', 'unit'], ['E7 9999', 'time'], ['E7 0410 0401', 'order'], ['E7 0355', 'before']])('%s is refused as %s', (said, code) =>
  expect(units(said, CALLED, NOW, ZONE, ['E7'])).toMatchObject({ code }));
test('steps stand in the order in which they happened, the end last', () => {
  const sent = units('E7 0401 0410 0440, A4 0402 - 0420', CALLED, NOW, ZONE, ['E7', 'A4']);
  if (!Array.isArray(sent)) throw new Error('units');
  const found = steps('261124-0001/03', '261124-0007', sent, { E7: 'D', A4: 'D' }, { disposition: 'treated', at: at(23, 20, 45) });
  expect(found.map((one) => one.what)).toEqual(['E7 sent', 'A4 sent', 'E7 there', 'A4 free', 'E7 free', 'ended']);
  expect(new Set(found.map((one) => one.body['key'])).size).toBe(6);
  expect(found.every((one) => one.body['paper'] === '261124-0001/03')).toBe(true);
});
