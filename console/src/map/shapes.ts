// From the board's rows to what the map draws: GeoJSON of incidents, units, leaders, doubt, routes and closures.
import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import type { ClosureRow, IncidentRow, Route, UnitRow } from '../model/contract';
import { shortNumber } from '../model/age';
import { pressing } from '../model/queue';
import { spread, type Mark, type Offsets } from './spread';
import { mood } from './symbols';

const TILE = 512;
const METRES_PER_DEGREE = 111_320;
export const none: FeatureCollection = { type: 'FeatureCollection', features: [] };

const toPixels = (lon: number, lat: number, zoom: number): [number, number] => {
  const world = TILE * 2 ** zoom;
  const sine = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * world, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world];
};
const toDegrees = (x: number, y: number, zoom: number): [number, number] => {
  const world = TILE * 2 ** zoom;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI;
  return [(x / world) * 360 - 180, lat];
};

export interface Drawn { units: FeatureCollection<Point>; incidents: FeatureCollection<Point>; leaders: FeatureCollection; offsets: Offsets }
/** `heading` in degrees from north, -1 where it stands or nobody knows; `late`: the position is old or only presumed. */
export interface UnitMark { unit: UnitRow; lon: number; lat: number; heading: number; letter: string; late: boolean }

/** Above this many marks there is no room for every callsign: they are spread a little, and named where the map is close. */
export const CROWD = 200;

/** Units and incidents share the room: incidents come first and keep their place, then units at work, then free ones. */
export function drawn(units: UnitMark[], incidents: IncidentRow[], selected: string, zoom: number, before: Offsets): Drawn {
  const order: Record<string, number> = { busy: 0, free: 1, out: 2 };
  const sorted = [...units].sort((a, b) =>
    (order[mood(a.unit.state)] ?? 0) - (order[mood(b.unit.state)] ?? 0) || (a.unit.id < b.unit.id ? -1 : 1));
  const marks: Mark[] = [];
  const pressed = [...incidents].sort(pressing);
  for (const row of pressed) {
    const [x, y] = toPixels(row.place.lon, row.place.lat, zoom);
    marks.push({ id: `i:${row.id}`, x, y });
  }
  for (const { unit, lon, lat } of sorted) {
    const [x, y] = toPixels(lon, lat, zoom);
    marks.push({ id: unit.id, x, y });
  }
  const crowded = marks.length > CROWD;
  const offsets = spread(marks, crowded && zoom < 15 ? 22 : 60, 24, crowded ? 2 : 12, before);
  const leaders: Feature[] = [];
  const point = (id: string, lon: number, lat: number, properties: object): Feature<Point> => {
    const [dx, dy] = offsets.get(id) ?? [0, 0];
    let at: [number, number] = [lon, lat];
    if (dx || dy) {
      const [x, y] = toPixels(lon, lat, zoom);
      at = toDegrees(x + dx, y + dy, zoom);
      leaders.push(line([[lon, lat], at], {}));
    }
    return { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { ...properties } };
  };
  const incidentMarks = pressed.map((row, rank) => point(`i:${row.id}`, row.place.lon, row.place.lat, {
    id: row.id, label: shortNumber(row.id), image: `incident-${row.priority}`, selected: row.id === selected, rank,
  }));
  const unitMarks = sorted.map(({ unit, lon, lat, heading, letter, late }) => point(unit.id, lon, lat, {
    id: unit.id, label: crowded && zoom < 15 && unit.state === 'available' ? '' : unit.id, image: `unit-${letter}-${mood(unit.state)}`, late, heading, wedge: `heading-${mood(unit.state)}`,
  }));
  const all = <Shape extends Feature>(features: Shape[]) => ({ type: 'FeatureCollection' as const, features });
  return { units: all(unitMarks), incidents: all(incidentMarks), leaders: all(leaders), offsets };
}

const line = (coordinates: [number, number][], properties: object): Feature<LineString> =>
  ({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { ...properties } });

/** A ring of `metres` round a point: how far off the true place may be. */
export function ring(lon: number, lat: number, metres: number): Feature<Polygon> {
  const wide = metres / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180));
  const high = metres / METRES_PER_DEGREE;
  const corners = Array.from({ length: 65 }, (_, step) => {
    const angle = (step / 64) * 2 * Math.PI;
    return [lon + wide * Math.cos(angle), lat + high * Math.sin(angle)];
  });
  return { type: 'Feature', geometry: { type: 'Polygon', coordinates: [corners] }, properties: {} };
}

export function routeShapes(routes: { unit: string; route: Route }[], first: string): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: routes.map(({ unit, route }) => line(route.line, { unit, main: unit === first })).reverse(),
  };
}

export function closureShapes(rows: ClosureRow[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: rows.flatMap((row) => row.shape.map((part) => line(part, { id: row.id, text: row.text }))),
  };
}
