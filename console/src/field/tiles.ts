// Which tiles of a map lie round a place, and which of those that are kept must go when there is no more room.

export interface Tile { z: number; x: number; y: number }
/** A place that tiles are kept round. */
export interface Centre { lon: number; lat: number; within_m: number }
/** A part of the map's file that lies on the phone: of which tile (z below 0: the file's own directory), how large, and since when nobody needed it. */
export interface Piece extends Tile { key: string; size: number; at: number }

const METRES = 111_320;
const EDGE = 40_075_016.7;

const lonOf = (x: number, z: number): number => (x / 2 ** z) * 360 - 180;
const latOf = (y: number, z: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;
const rowOf = (lat: number): number => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;

/** How far a tile's nearest point lies from a place. */
export function metresTo({ z, x, y }: Tile, { lon, lat }: { lon: number; lat: number }): number {
  const near = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to);
  const east = (near(lon, lonOf(x, z), lonOf(x + 1, z)) - lon) * METRES * Math.cos((lat * Math.PI) / 180);
  return Math.hypot(east, (near(lat, latOf(y + 1, z), latOf(y, z)) - lat) * METRES);
}

/** The tiles that reach into the ring round a place, the coarse before the fine and of these the near before the far. */
export function tilesAround(centre: Centre, least: number, most: number): Tile[] {
  const found: Tile[] = [];
  for (let z = least; z <= most; z++) {
    const wide = 2 ** z;
    const reach = centre.within_m / (EDGE * Math.cos((centre.lat * Math.PI) / 180));
    const [column, row] = [(centre.lon + 180) / 360, rowOf(centre.lat)];
    const cut = (value: number): number => Math.min(wide - 1, Math.max(0, Math.floor(value * wide)));
    const ring: Tile[] = [];
    for (let x = cut(column - reach); x <= cut(column + reach); x++) {
      for (let y = cut(row - reach); y <= cut(row + reach); y++) if (metresTo({ z, x, y }, centre) <= centre.within_m) ring.push({ z, x, y });
    }
    found.push(...ring.sort((a, b) => metresTo(a, centre) - metresTo(b, centre)));
  }
  return found;
}

/** What has to go so that the rest fits: first what lies round no centre any more, the oldest before the newer; then what is farthest. The directory stays. */
export function dropped(pieces: Piece[], centres: Centre[], most: number): Piece[] {
  const away = (piece: Piece): number => Math.min(...centres.map((centre) => metresTo(piece, centre)));
  const wanted = (piece: Piece): boolean => centres.some((centre) => metresTo(piece, centre) <= centre.within_m);
  const tiles = pieces.filter((piece) => piece.z >= 0);
  const order = [...tiles.filter((one) => !wanted(one)).sort((a, b) => a.at - b.at || away(b) - away(a)), ...tiles.filter(wanted).sort((a, b) => away(b) - away(a) || b.z - a.z)];
  let over = pieces.reduce((sum, one) => sum + one.size, 0) - most;
  const gone: Piece[] = [];
  for (const piece of order) {
    if (over <= 0) break;
    gone.push(piece);
    over -= piece.size;
  }
  return gone;
}
