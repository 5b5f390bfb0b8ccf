// What is laid over the base map by the map itself: cover, hazards, closures, routes and doubt, in drawing order; marks are painted over it.
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { COVER_COUNT, type Layer } from '../model/layers';
import { CHANGE_SIGNS } from '../model/planning';
import { inksOf, type Inks } from './symbols';


export const OVERLAYS = ['cover', 'hazards', 'closures', 'driven', 'routes', 'doubt'] as const;
export type Overlay = (typeof OVERLAYS)[number];
/** Which of a desk's layers an overlay is drawn for; the others always stand: they are of what is selected. */
export const OVERLAY_OF: Partial<Record<Overlay, Layer>> = { cover: 'cover', closures: 'closures', driven: 'routes' };
/** The first of the base map's layers that stays above the cells: roads and names are read through cover. */
export const OVER_COVER = 'road-least';

const CELL_INKS = [...Array.from({ length: COVER_COUNT }, (_, step) => `cover-${step}`), ...CHANGE_SIGNS.map((_, step) => `change-${step}`)];
const cellInk = (token: Inks): ExpressionSpecification =>
  ['match', ['get', 'ink'], ...CELL_INKS.flatMap((name) => [name, token(name)]), token('cover-0')] as unknown as ExpressionSpecification;

/** Patterns in the cells of a change, so that it is read without colour: strokes where help comes later, dots where it comes sooner. */
export const HATCHES = ['hatch-later', 'hatch-sooner'] as const;
const TILE_PX = 8;
/** A tile of a pattern in these inks, for the map's own images; null where the browser cannot draw. */
export function hatchTile(name: (typeof HATCHES)[number], token: Inks): ImageData | null {
  const sheet = document.createElement('canvas');
  sheet.width = sheet.height = TILE_PX;
  const pen = sheet.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = pen.fillStyle = token('ink');
  pen.globalAlpha = 0.55;
  if (name === 'hatch-sooner') pen.fillRect(3, 3, 2, 2);
  else for (const from of [-TILE_PX, 0, TILE_PX]) pen.stroke(new Path2D(`M${from} ${TILE_PX}l${TILE_PX}-${TILE_PX}`));
  return pen.getImageData(0, 0, TILE_PX, TILE_PX);
}

/** The overlay's layers in the inks of the theme that an element wears. */
export function overlayLayers(from: Element): LayerSpecification[] {
  const token = inksOf(from);
  return [
    { id: 'cover', type: 'fill', source: 'cover', paint: { 'fill-color': cellInk(token), 'fill-antialias': false } },
    { id: 'cover-hatch', type: 'fill', source: 'cover', filter: ['has', 'hatch'], paint: { 'fill-pattern': ['get', 'hatch'] } },
    { id: 'cover-rim', type: 'line', source: 'cover', paint: { 'line-color': token('ground'), 'line-width': 0.8, 'line-opacity': 0.5 } },
    { id: 'hazards', type: 'fill', source: 'hazards', paint: { 'fill-color': token('warn'), 'fill-opacity': 0.06 } },
    { id: 'hazards-rim', type: 'line', source: 'hazards', paint: { 'line-color': token('warn'), 'line-width': 1.2, 'line-dasharray': [1, 2] } },
    {
      id: 'closures-ground', type: 'line', source: 'closures', layout: { 'line-cap': 'butt' },
      paint: { 'line-color': token('ground'), 'line-width': 8 },
    },
    {
      id: 'closures', type: 'line', source: 'closures', layout: { 'line-cap': 'butt' },
      paint: { 'line-color': token('warn'), 'line-width': 5, 'line-dasharray': [0.8, 0.8] },
    },
    {
      id: 'driven', type: 'line', source: 'driven', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('busy'), 'line-width': ['case', ['get', 'lights'], 2.2, 1.2], 'line-opacity': 0.85 },
    },
    {
      id: 'routes-ground', type: 'line', source: 'routes', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('ground'), 'line-width': ['case', ['get', 'main'], 8, 6] },
    },
    {
      id: 'routes', type: 'line', source: 'routes', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': token('accent'), 'line-width': ['case', ['get', 'main'], 4, 2.5], 'line-opacity': ['case', ['get', 'main'], 1, 0.7],
      },
    },
    { id: 'doubt', type: 'fill', source: 'doubt', paint: { 'fill-color': token('accent'), 'fill-opacity': 0.1 } },
    {
      id: 'doubt-rim', type: 'line', source: 'doubt',
      paint: { 'line-color': token('accent'), 'line-width': 1, 'line-dasharray': [3, 2] },
    },
  ];
}
