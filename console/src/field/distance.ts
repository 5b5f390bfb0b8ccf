// How far, and which way, in the few words that one reads while driving.
import { m } from '../words/messages.js';

export const far = (metres: number): string => (metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`);
/** From north by the east. */
export const COMPASS: (() => string)[] = [
  m.crewpage_north, m.crewpage_north_east, m.crewpage_east, m.crewpage_south_east, m.crewpage_south, m.crewpage_south_west, m.crewpage_west, m.crewpage_north_west,
];
