// From rows to what the map itself draws: GeoJSON of doubt, routes, hazards, closures and the cells of cover.
import type { Feature, FeatureCollection, LineString, Polygon } from 'geojson';
import type { ClosureRow, Route } from '../model/contract';
import type { HazardRow } from '../model/hazards';
import { coverStep, type Cover, type CoverCells, type DrivenWays } from '../model/layers';
import { cellValue, changeStep, type Cells, type Face } from '../model/planning';

const METRES_PER_DEGREE = 111_320;
export const none: FeatureCollection = { type: 'FeatureCollection', features: [] };

const line = (coordinates: [number, number][], properties: object): Feature<LineString> =>
  ({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { ...properties } });

/** lon, lat, lon, lat … as pairs. */
export const pairs = (flat: number[]): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0]);

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

/** Plain lines, as a track is one. */
export const lines = (all: [number, number][][]): FeatureCollection => ({ type: 'FeatureCollection', features: all.map((one) => line(one, { main: true })) });

export const drivenShapes = (driven: DrivenWays | null): FeatureCollection =>
  ({ type: 'FeatureCollection', features: (driven?.ways ?? []).map((way) => line(pairs(way.line), { unit: way.unit, lights: way.priority <= 2 })) });

/** A ring round each place that is warned of. */
export const hazardShapes = (rows: readonly HazardRow[]): FeatureCollection =>
  ({ type: 'FeatureCollection', features: rows.flatMap((row) => (row.place && row.radius_m ? [ring(row.place.lon, row.place.lat, row.radius_m)] : [])) });

export function closureShapes(rows: ClosureRow[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: rows.flatMap((row) => row.shape.map((part) => line(part, { id: row.id, text: row.text }))),
  };
}

export function coverShapes(cells: CoverCells | null, cover: Cover | null): FeatureCollection {
  if (!cells || cover?.version !== cells.version) return none;
  return {
    type: 'FeatureCollection',
    features: cells.outlines.map((outline, at): Feature<Polygon> => ({
      type: 'Feature', geometry: { type: 'Polygon', coordinates: [pairs(outline)] }, properties: { ink: `cover-${coverStep(cover.eta_s[at] ?? -1)}` },
    })),
  };
}

/** A study's answer by cell: how long it took before or after, or the change, which has a pattern beside its ink; a cell of too few calls is left bare. */
export function answerShapes(cells: CoverCells, answer: Cells, face: Face): FeatureCollection {
  const features = cells.outlines.flatMap((outline, at): Feature<Polygon>[] => {
    const value = cellValue(answer, at, face);
    if (value === null) return [];
    const step = changeStep(value);
    const properties = face === 'change' ? { ink: `change-${step}`, ...(step !== 2 && { hatch: step > 2 ? 'hatch-later' : 'hatch-sooner' }) } : { ink: `cover-${coverStep(value)}` };
    return [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [pairs(outline)] }, properties }];
  });
  return { type: 'FeatureCollection', features };
}
