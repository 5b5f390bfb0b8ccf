// From the board's rows to what the map draws: GeoJSON of incidents, units, leaders, doubt, routes and closures.
import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import type { ClosureRow, IncidentRow, PositionRow, Route, UnitRow } from '../model/contract';
import { shortNumber } from '../model/age';
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

export interface Drawn { units: FeatureCollection<Point>; leaders: FeatureCollection; offsets: Offsets }
export interface UnitMark { unit: UnitRow; position: PositionRow; letter: string; late: boolean }

/** Above this many units there is no room for every callsign: they are told apart by spreading only where the map is close. */
export const CROWD = 200;

/** Units and incidents share the room: incidents come first and keep their place, then units at work, then free ones. */
export function drawn(units: UnitMark[], incidents: IncidentRow[], zoom: number, before: Offsets): Drawn {
  const order: Record<string, number> = { busy: 0, free: 1, out: 2 };
  const sorted = [...units].sort((a, b) =>
    (order[mood(a.unit.state)] ?? 0) - (order[mood(b.unit.state)] ?? 0) || (a.unit.id < b.unit.id ? -1 : 1));
  const marks: Mark[] = [];
  for (const row of incidents) {
    const [x, y] = toPixels(row.place.lon, row.place.lat, zoom);
    marks.push({ id: `i:${row.id}`, x, y });
  }
  for (const { unit, position } of sorted) {
    const [x, y] = toPixels(position.lon, position.lat, zoom);
    marks.push({ id: unit.id, x, y });
  }
  const crowded = units.length > CROWD;
  const offsets = spread(marks, crowded && zoom < 15 ? 22 : 60, 24, crowded ? 3 : 16, before);
  const features: Feature<Point>[] = [];
  const leaders: Feature[] = [];
  for (const { unit, position, letter, late } of sorted) {
    const [dx, dy] = offsets.get(unit.id) ?? [0, 0];
    const moved = dx !== 0 || dy !== 0;
    const [x, y] = toPixels(position.lon, position.lat, zoom);
    const at = moved ? toDegrees(x + dx, y + dy, zoom) : ([position.lon, position.lat] as [number, number]);
    const state = mood(unit.state);
    features.push({
      type: 'Feature', geometry: { type: 'Point', coordinates: at },
      properties: {
        id: unit.id, image: `unit-${letter}-${state}`, late,
        heading: (position.speed_mps ?? 0) > 0.5 && position.heading_deg !== null ? position.heading_deg : -1, wedge: `heading-${state}`,
      },
    });
    if (moved) leaders.push(line([[position.lon, position.lat], at], { state }));
  }
  return { units: { type: 'FeatureCollection', features }, leaders: { type: 'FeatureCollection', features: leaders }, offsets };
}

const line = (coordinates: [number, number][], properties: object): Feature<LineString> =>
  ({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { ...properties } });

export function incidentShapes(rows: IncidentRow[], selected: string): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: rows.map((row) => ({
      type: 'Feature', geometry: { type: 'Point', coordinates: [row.place.lon, row.place.lat] },
      properties: {
        id: row.id, label: shortNumber(row.id), image: `incident-${row.priority}`, selected: row.id === selected,
        // The most pressing and the oldest lie on top where they meet.
        rank: row.priority * 1e9 + row.called_at / 1e9, waiting: row.units.length === 0,
      },
    })),
  };
}

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
