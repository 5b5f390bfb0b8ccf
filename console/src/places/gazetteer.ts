// A city's names and numbers as they lie in the file for a phone (engines/places/pocket.py writes it): unpacked into plain arrays, once.

/** The words by which texts are cut, written by the house from its own rules. */
export interface WordTables {
  long_forms: Record<string, string[]>; same: [string, string][]; light: string[]; road_ends: string; joins: string[]; crossing_tail: string; number_marks: string;
  ordinals: Record<string, number>; tens: Record<string, number>; scales: Record<string, number>; digits: Record<string, number>; plain: Record<string, string>;
}
export interface Street { name: string; zh: string | null; en: string | null; sound: string; lon: number | null; lat: number | null; half_m: number }
export interface Spot { kind: 'place' | 'area'; name: string; zh: string | null; en: string | null; what: string; sound: string; lon: number | null; lat: number | null }

export interface Gazetteer {
  /** The version of the city that it was made of. */
  city: string;
  /** Whether house numbers are in it: a very large city's are left out. */
  numbers: boolean;
  number_first: boolean;
  words: WordTables;
  what: Record<string, string>;
  streets: Street[];
  spots: Spot[];
  endings: string[];
  /** A street's rows are number_at[i] to number_at[i + 1]. Places are hundred-thousandths of a degree. */
  number_at: Int32Array; number_value: Int32Array; number_ending: Int32Array; number_lon: Int32Array; number_lat: Int32Array;
  cross_a: Int32Array; cross_b: Int32Array; cross_lon: Int32Array; cross_lat: Int32Array;
}
interface Head extends Pick<Gazetteer, 'city' | 'numbers' | 'number_first' | 'words' | 'what' | 'endings'> {
  format: number; columns: [string, number, number][]; placeless_streets: number[]; placeless_spots: number[];
  streets: [string, string | null, string | null, string][]; spots: ['place' | 'area', string, string | null, string | null, string, string][];
}

export const DEGREE = 100_000;
const MARK = 'TPP1';

export async function inflated(packed: Blob): Promise<Uint8Array> {
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
}

/** Whole numbers from groups of seven bits; `steps`: each is the difference to the one before. */
export function ungrouped(bytes: Uint8Array, count: number, steps: boolean): Int32Array {
  const values = new Int32Array(count);
  let [at, last] = [0, 0];
  for (let row = 0; row < count; row++) {
    let byte = bytes[at++] ?? 0;
    let [value, scale] = [byte & 0x7f, 128];
    while (byte & 0x80) {
      byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    const signed = value % 2 ? -(value + 1) / 2 : value / 2;
    last = steps ? last + signed : signed;
    values[row] = last;
  }
  return values;
}

/** Reads the file's bytes once they are inflated; throws where they are of another format. */
export function unpacked(bytes: Uint8Array): Gazetteer {
  const text = new TextDecoder();
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const head = JSON.parse(text.decode(bytes.subarray(8, 8 + length))) as Head;
  if (text.decode(bytes.subarray(0, 4)) !== MARK || head.format !== 1) throw new Error('the file of places is of another format');
  const columns: Record<string, Int32Array> = {};
  let at = 8 + length;
  for (const [name, count, size] of head.columns) {
    columns[name] = ungrouped(bytes.subarray(at, at + size), count, !['number_count', 'number_ending', 'street_half_m', 'cross_b'].includes(name));
    at += size;
  }
  const column = (name: string): Int32Array => columns[name] ?? new Int32Array(0);
  const degrees = (name: string, row: number, without: Set<number>): number | null => (without.has(row) ? null : (column(name)[row] ?? 0) / DEGREE);
  const [noStreets, noSpots] = [new Set(head.placeless_streets), new Set(head.placeless_spots)];
  const number_at = new Int32Array(head.streets.length + 1);
  column('number_count').forEach((count, row) => (number_at[row + 1] = (number_at[row] ?? 0) + count));
  return {
    city: head.city, numbers: head.numbers, number_first: head.number_first, words: head.words, what: head.what, endings: head.endings, number_at,
    streets: head.streets.map(([name, zh, en, sound], row) =>
      ({ name, zh, en, sound, lon: degrees('street_lon', row, noStreets), lat: degrees('street_lat', row, noStreets), half_m: column('street_half_m')[row] ?? 0 })),
    spots: head.spots.map(([kind, name, zh, en, what, sound], row) => ({ kind, name, zh, en, what, sound, lon: degrees('spot_lon', row, noSpots), lat: degrees('spot_lat', row, noSpots) })),
    number_value: column('number_value'), number_ending: column('number_ending'), number_lon: column('number_lon'), number_lat: column('number_lat'),
    cross_a: column('cross_a'), cross_b: column('cross_b'), cross_lon: column('cross_lon'), cross_lat: column('cross_lat'),
  };
}

const M_PER_DEGREE = 111_195;
/** Metres between two places of one city. */
export function metres(lon: number, lat: number, other_lon: number, other_lat: number): number {
  const east = ((((lon - other_lon + 180) % 360) + 360) % 360 - 180) * Math.cos((((lat + other_lat) / 2) * Math.PI) / 180);
  return Math.hypot(east, lat - other_lat) * M_PER_DEGREE;
}
/** Which way one place lies from another, in degrees from north by the east. */
export function bearing(lon: number, lat: number, other_lon: number, other_lat: number): number {
  const east = (other_lon - lon) * Math.cos((((lat + other_lat) / 2) * Math.PI) / 180);
  return ((Math.atan2(east, other_lat - lat) * 180) / Math.PI + 360) % 360;
}
