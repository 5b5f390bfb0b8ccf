// Degrees to places in the world's square and back (spherical Mercator); 512 pixels a side at zoom 0, as the map counts.

export const TILE = 512;

/** A place in the world's square: 0 to 1 from west to east and from north to south. */
export const toWorld = (lon: number, lat: number): [number, number] => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
};

export const toDegrees = (x: number, y: number): [number, number] =>
  [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];

/** What is in sight: the middle in the world's square, pixels to the square's side, and the pane's size in pixels. */
export interface Sight { x: number; y: number; scale: number; width: number; height: number }

const EQUATOR_M = 40_075_016.686;
/** How many pixels a metre has at this latitude. */
export const pixelsOfMetre = (lat: number, sight: Sight): number => sight.scale / (EQUATOR_M * Math.cos((lat * Math.PI) / 180));
