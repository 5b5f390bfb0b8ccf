// Spreads marks that meet so that each stays legible: a drawn place for every mark, near its true one, never hidden.

export interface Mark { id: string; x: number; y: number }
export type Offsets = Map<string, [number, number]>;

/**
 * Gives every mark its own box of `width` × `height` pixels, in the order given: the first to come stays where it is.
 * Positions are pixels at one zoom, so panning never changes the answer. A mark in the way of another tries the offset it
 * had before (so that nothing jumps from frame to frame), then the nearest free of the places `rings` rows round it; one that finds no room stays on
 * its true place, over its neighbours. Scattered marks cost O(n), one heap of them O(n · rings²).
 */
export function spread(marks: Mark[], width: number, height: number, rings: number, before: Offsets): Offsets {
  const taken = new Map<number, Mark[]>();
  const column = (x: number): number => Math.floor(x / width);
  const line = (y: number): number => Math.floor(y / height);
  const cell = (i: number, j: number): number => i * 0x200000 + j;
  const free = (x: number, y: number): boolean => {
    for (let i = column(x) - 1; i <= column(x) + 1; i += 1) {
      for (let j = line(y) - 1; j <= line(y) + 1; j += 1) {
        for (const other of taken.get(cell(i, j)) ?? []) {
          if (Math.abs(other.x - x) < width && Math.abs(other.y - y) < height) return false;
        }
      }
    }
    return true;
  };
  const offsets: Offsets = new Map();
  const places = around(width, height, rings);
  for (const mark of marks) {
    const [dx, dy] = room(mark, free, places, before.get(mark.id));
    const [x, y] = [mark.x + dx, mark.y + dy];
    const at = cell(column(x), line(y));
    const others = taken.get(at);
    if (others) others.push({ id: mark.id, x, y });
    else taken.set(at, [{ id: mark.id, x, y }]);
    offsets.set(mark.id, [dx, dy]);
  }
  return offsets;
}

type Free = (x: number, y: number) => boolean;
type Offset = [number, number];
function room(mark: Mark, free: Free, places: Offset[], had?: Offset): Offset {
  if (free(mark.x, mark.y)) return [0, 0];
  if (had && free(mark.x + had[0], mark.y + had[1])) return had;
  return places.find(([dx, dy]) => free(mark.x + dx, mark.y + dy)) ?? [0, 0];
}

const made = new Map<string, Offset[]>();
/** Places round a mark, the nearest first: rows a mark's height apart, in steps of half its width. */
function around(width: number, height: number, rings: number): Offset[] {
  const key = `${width} ${height} ${rings}`;
  let places = made.get(key);
  if (!places) {
    places = [];
    for (let i = -rings; i <= rings; i += 1) {
      for (let j = -rings; j <= rings; j += 1) if (i || j) places.push([(i * width) / 2, j * height * 1.05]);
    }
    places.sort(([ax, ay], [bx, by]) => ax * ax + ay * ay - bx * bx - by * by);
    made.set(key, places);
  }
  return places;
}
