// Coordinates as people type or paste them, read as the house reads them (engines/places/coordinates.py).

const SIGNS: Record<string, string> = {
  ...Object.fromEntries([...'°º度˚'].map((one) => [one, '°'])), ...Object.fromEntries([..."'’′分"].map((one) => [one, 'm'])),
  ...Object.fromEntries([...'"”″秒'].map((one) => [one, 't'])), '−': '-', '，': ',', '；': ';',
};
const HEMISPHERES: Record<string, string> = { 北纬: 'n', 南纬: 's', 东经: 'e', 西经: 'w', 北緯: 'n', 南緯: 's', 東經: 'e', 西經: 'w' };
const SIDES: Record<string, ['lat' | 'lon', 1 | -1]> = { n: ['lat', 1], s: ['lat', -1], e: ['lon', 1], w: ['lon', -1] };
const HALF = /^([+-]?\d{1,3}(?:\.\d{1,12})?)\s*[°:]?\s*(?:(\d{1,2}(?:\.\d{1,12})?)\s*[m:]?\s*(?:(\d{1,2}(?:\.\d{1,12})?)\s*t?)?)?$/;

/** (lon, lat), or null where the text is no pair of coordinates; without hemispheres latitude stands first unless only the other order can be true. */
export function coordinates(text: string): [number, number] | null {
  let plain = Array.from(text, (sign) => SIGNS[sign] ?? sign).join('').toLowerCase().trim();
  for (const [words, letter] of Object.entries(HEMISPHERES)) plain = plain.replaceAll(words, letter);
  const letters = [...plain].filter((letter) => letter in SIDES);
  const halves = letters.length ? lettered(plain, letters) : plain.split(/\s*[,;/]\s*|\s+/);
  const [first, second] = halves.map(degrees);
  if (halves.length !== 2 || first === undefined || second === undefined || Number.isNaN(first) || Number.isNaN(second)) return null;
  if (!letters.length && !halves.every((half) => /[.°:]/.test(half))) return null;
  let [lat, lon] = Math.abs(first) > 90 ? [second, first] : [first, second];
  const [one, other] = letters.map((letter) => SIDES[letter]);
  if (one && other) [lat, lon] = one[0] === 'lat' ? [first * one[1], second * other[1]] : [second * other[1], first * one[1]];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

function lettered(plain: string, letters: string[]): string[] {
  const [one, other] = letters.map((letter) => SIDES[letter]?.[0]);
  if (letters.length !== 2 || one === other) return [];
  const [before = '', between = '', behind = ''] = plain.split(/[nsew]/);
  const halves = !before ? [between, behind] : !behind ? [before, between] : [];
  return halves.map((half) => half.replace(/^[ ,;/]+|[ ,;/]+$/g, ''));
}

function degrees(half: string): number {
  const [, whole = '', minutes, seconds] = HALF.exec(half) ?? [];
  if (!whole) return NaN;
  const wrong = (part: string | undefined, before: string | undefined): boolean => part !== undefined && ((before ?? '').includes('.') || Number(part) >= 60);
  if (wrong(minutes, whole) || wrong(seconds, minutes)) return NaN;
  const size = Math.abs(Number(whole)) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
  return whole.startsWith('-') ? -size : size;
}
