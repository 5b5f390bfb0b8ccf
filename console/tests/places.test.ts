// The phone's own search of places is the house's: the same examples give the same first answers, from the very file that the house writes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coordinates } from '../src/places/coordinates';
import { Finder } from '../src/places/finder';
import { bearing, inflated, metres, unpacked, type Gazetteer } from '../src/places/gazetteer';
import { slips } from '../src/places/names';
import { Words } from '../src/places/words';

const AT = '../tests/engines/places';
type Examples = Record<'folded' | 'xincheng' | 'lahtela', [string, string][]> & { units: [string, string[]][] };
const examples = JSON.parse(readFileSync(`${AT}/typed.json`, 'utf8')) as Examples;
const town = async (name: string): Promise<Gazetteer> => unpacked(await inflated(new Blob([readFileSync(`${AT}/${name}.places`)])));
const [xincheng, lahtela] = [await town('xincheng'), await town('lahtela')];
const words = new Words(xincheng.words);

test.each(examples.folded)('%s is folded to %s', (typed, folded) => expect(words.fold(typed)).toBe(folded));
test.each(examples.units)('%s is cut', (typed, texts) => expect(words.units(typed).map(({ text }) => text)).toEqual(texts));
const [inXincheng, inLahtela] = [new Finder(xincheng), new Finder(lahtela)];
test.each(examples.xincheng)('in Chinese %s is %s', (typed, label) => expect(inXincheng.search(typed, 8, null)[0]?.label).toBe(label));
test.each(examples.lahtela)('in Finnish %s is %s', (typed, label) => expect(inLahtela.search(typed, 8, null)[0]?.label).toBe(label));

test('a number that is missing is put between its neighbours, or the nearest is named as such', () => {
  const [between] = inLahtela.search('töölönkatu 8', 8, null);
  expect(between).toMatchObject({ label: 'Töölönkatu 7', exact: false, interpolated: false });
  const [guess] = inXincheng.search('新华路15号', 8, null);
  expect(guess).toMatchObject({ label: '新华路15号', interpolated: true });
});

test('of two that fit as well the nearer stands first, and says how far it is', () => {
  const [one] = inXincheng.search('人民医院', 8, [114.3161, 30.5132]);
  expect(one).toMatchObject({ label: '新城市第二人民医院', dist_m: 0 });
  expect(inXincheng.search('人民医院', 8, [114.3061, 30.5032])[0]?.label).toBe('新城市第一人民医院');
});

test('what is no place has no answer, however it is typed', () => {
  for (const text of ['', '   ', '&', '路', 'qqqqqqqq', '(', '\\', '99999999999 12', 'x'.repeat(400), '号'.repeat(90)]) expect(Array.isArray(inXincheng.search(text, 8, null))).toBe(true);
  expect(inXincheng.search('qqqqqqqq', 8, null)).toEqual([]);
});

test('coordinates are read as the house reads them', () => {
  expect(coordinates('60.17 24.94')).toEqual([24.94, 60.17]);
  expect(coordinates('60°10.2′N 24°56.4′E')?.map((one) => one.toFixed(3))).toEqual(['24.940', '60.170']);
  expect(coordinates('12 新华路')).toBeNull();
  expect(coordinates('95.0 95.0')).toBeNull();
});

test('slips of the fingers are counted, a swap as one', () => {
  expect([slips('manner', 'manner', 1), slips('manner', 'mannre', 1), slips('maner', 'manner', 1), slips('abc', 'xyz', 2)]).toEqual([0, 1, 1, 3]);
});

test('how far and which way', () => {
  expect(Math.round(metres(24.93, 60.17, 24.94, 60.17))).toBe(553);
  expect([[24.94, 60.17], [24.93, 60.18], [24.92, 60.17], [24.93, 60.16]].map(([lon = 0, lat = 0]) => Math.round(bearing(24.93, 60.17, lon, lat)))).toEqual([90, 0, 270, 180]);
});

test('a file of another format is refused', () => {
  expect(() => unpacked(new Uint8Array([84, 80, 80, 50, 2, 0, 0, 0, 123, 125]))).toThrow('format');
});
