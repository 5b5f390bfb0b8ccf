// Ages and times as the floor reads them.
import { expect, test } from 'vitest';
import { age, clock, duration, moment, short, shortNumber } from '../src/model/age';

const AT = Date.UTC(2026, 10, 23, 21, 4, 9) * 1000;

test.each([[0, '00:00'], [59, '00:59'], [60, '01:00'], [5999, '99:59'], [6000, '1:40:00'], [400_000, '4 d 15 h']])('%d s is %s', (seconds, text) =>
  expect(duration(seconds)).toBe(text));
test('an age counts whole seconds, and a moment ahead is now', () => {
  expect(age(AT, AT + 61_999_999)).toBe('01:01');
  expect(age(AT + 5_000_000, AT)).toBe('00:00');
});
test('a position is short', () => {
  expect([4, 119, 120, 7300].map((seconds) => short(0, seconds * 1e6))).toEqual(['4 s', '119 s', '2 min', '2 h']);
});
test('times are shown in the city’s zone', () => {
  expect(clock(AT, 'UTC')).toBe('21:04:09');
  expect(moment(AT, 'Asia/Shanghai')).toBe('2026-11-24 05:04:09');
});
test('a running number is known by its last part', () => {
  expect(['261123-0031', '261123-0100', '7', 'x-0', '261123-north.2-0031'].map(shortNumber)).toEqual(['31', '100', '7', '0', 'north.2-31']);
});
