// The map's layers: their codes and keys, the steps of cover, and what the doors for them answer.
import type { Instant } from './contract';

export const LAYERS = ['incidents', 'ages', 'units', 'routes', 'closures', 'cover', 'assets'] as const;
export type Layer = (typeof LAYERS)[number];
/** What a desk sees that never chose: all that asks for something; cover and assets are looked at when they are wanted. */
export const USUAL: readonly Layer[] = ['incidents', 'ages', 'units', 'closures'];
/** Hiding one of these is said on the map for as long as it lasts. */
export const NEVER_FORGOTTEN: readonly Layer[] = ['incidents', 'units', 'closures'];

/** The layers remembered by a desk; what is not a layer (an older or newer console's) is left out. */
export function recalled(text: string | null): Set<Layer> {
  if (text === null) return new Set(USUAL);
  const said = text.split(' ');
  return new Set(LAYERS.filter((layer) => said.includes(layer)));
}

/** A set with the other state of one layer. */
export function without(on: ReadonlySet<Layer>, layer: Layer): ReadonlySet<Layer> {
  const next = new Set(on);
  if (!next.delete(layer)) next.add(layer);
  return next;
}

export interface DrivenWay { unit: string; incident: string; priority: number; eta_s: number; line: number[] }
export interface DrivenWays { at: Instant; ways: DrivenWay[]; more: number; lost: string[] }
export interface CoverCells { version: string; lon: number[]; lat: number[]; outlines: number[][] }
export interface Cover {
  version: string; skill: string; at: Instant; closed: number; units: string[]; ages_s: number[]; eta_s: number[]; first: number[];
}
export interface Asset { kind: string; name: string | null; lon: number; lat: number }

/** Upper ends of the steps of cover, in seconds; above the last begins 'longer', and after it stands 'nobody'. */
export const COVER_STEPS_S = [240, 360, 480, 720, 1200] as const;
export const COVER_COUNT = COVER_STEPS_S.length + 2;

/** 0 for the soonest … 5 for longer than twenty minutes, 6 where nobody can come. */
export function coverStep(eta_s: number): number {
  if (eta_s < 0) return COVER_COUNT - 1;
  const at = COVER_STEPS_S.findIndex((most) => eta_s <= most);
  return at < 0 ? COVER_STEPS_S.length : at;
}

/** The cell next to another in a direction of the arrow keys: the nearest whose middle lies within 60° of it; -1 for none. */
export function cellBeside(cells: CoverCells, at: number, east: number, north: number): number {
  const [lon, lat] = [cells.lon[at] ?? 0, cells.lat[at] ?? 0];
  const narrow = Math.cos((lat * Math.PI) / 180);
  let best = -1;
  let nearest = Infinity;
  cells.lon.forEach((other, cell) => {
    const [dx, dy] = [(other - lon) * narrow, (cells.lat[cell] ?? 0) - lat];
    const far = Math.hypot(dx, dy);
    if (cell !== at && far < nearest && dx * east + dy * north >= far * 0.5) [best, nearest] = [cell, far];
  });
  return best;
}

/** The cell nearest to a point. */
export function cellAt(cells: CoverCells, lon: number, lat: number): number {
  const narrow = Math.cos((lat * Math.PI) / 180);
  let best = -1;
  let nearest = Infinity;
  cells.lon.forEach((other, cell) => {
    const far = Math.hypot((other - lon) * narrow, (cells.lat[cell] ?? 0) - lat);
    if (far < nearest) [best, nearest] = [cell, far];
  });
  return best;
}

/** The assets of a city, from its file of one JSON object a line. */
export function assetsIn(lines: string): Asset[] {
  return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Asset);
}

/** Buildings that one looks for from afar are shown from here on, things at the kerb only close by. */
export const ASSET_ZOOM: Record<string, number> = { hospital: 11.5, fire_station: 11.5, police: 11.5, ambulance_station: 11.5 };
export const KERB_ZOOM = 14.5;
export const assetShown = (kind: string, zoom: number): boolean => zoom >= (ASSET_ZOOM[kind] ?? KERB_ZOOM);

/** The share of an incident's ring that is filled: whole at half an hour. */
export const AGE_FULL_S = 1800;
export const ageShare = (called_at: Instant, now: Instant): number => Math.min(1, Math.max(0, (now - called_at) / 1e6 / AGE_FULL_S));
