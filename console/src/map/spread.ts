// Spreads marks that meet so that each stays legible: a drawn place for every mark, near its true one, never hidden.

export interface Mark { id: string; x: number; y: number }
export type Offsets = Map<string, [number, number]>;

/**
 * Gives every mark its own box of `width` × `height` pixels, in the order given: the first to come stays where it is.
 * Positions are pixels at one zoom, so panning never changes the answer. A mark in the way of another tries the offset it
 * had before (so that nothing jumps from frame to frame), then a spiral of `rings` rings; one that finds no room stays on
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
  for (const mark of marks) {
    const [dx, dy] = room(mark, free, width, height, rings, before.get(mark.id));
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
function room(mark: Mark, free: Free, width: number, height: number, rings: number, had?: [number, number]): [number, number] {
  if (free(mark.x, mark.y)) return [0, 0];
  if (had && free(mark.x + had[0], mark.y + had[1])) return had;
  for (let ring = 1; ring <= rings; ring += 1) {
    const steps = ring * 6;
    for (let step = 0; step < steps; step += 1) {
      const angle = (step / steps) * 2 * Math.PI;
      const dx = Math.cos(angle) * ring * width * 0.8;
      const dy = Math.sin(angle) * ring * height * 1.05;
      if (free(mark.x + dx, mark.y + dy)) return [dx, dy];
    }
  }
  return [0, 0];
}
