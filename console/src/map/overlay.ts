// What is laid over the base map: closures, routes, doubt, units with leaders and headings, incidents; in drawing order.
import type { LayerSpecification } from 'maplibre-gl';
import { FACE } from './style';
import { ink } from './symbols';

export const OVERLAYS = ['closures', 'routes', 'doubt', 'leaders', 'units', 'incidents'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** The overlay's layers in the inks of the theme that an element wears. */
export function overlayLayers(from: Element): LayerSpecification[] {
  const token = (name: string): string => ink(name, from);
  const halo = { 'text-halo-color': token('ground'), 'text-halo-width': 1.8 };
  // Units are never hidden and hide nothing: names of streets would blink as they drive by.
  const over = { 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'text-allow-overlap': true, 'text-ignore-placement': true } as const;
  return [
    {
      id: 'closures-ground', type: 'line', source: 'closures', layout: { 'line-cap': 'butt' },
      paint: { 'line-color': token('ground'), 'line-width': 8 },
    },
    {
      id: 'closures', type: 'line', source: 'closures', layout: { 'line-cap': 'butt' },
      paint: { 'line-color': token('warn'), 'line-width': 5, 'line-dasharray': [0.8, 0.8] },
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
    { id: 'leaders', type: 'line', source: 'leaders', paint: { 'line-color': token('ink-3'), 'line-width': 1 } },
    {
      id: 'headings', type: 'symbol', source: 'units', filter: ['>=', ['get', 'heading'], 0],
      layout: {
        'icon-image': ['get', 'wedge'], 'icon-rotate': ['get', 'heading'], 'icon-rotation-alignment': 'map', ...over,
      },
    },
    {
      id: 'units', type: 'symbol', source: 'units',
      layout: {
        'icon-image': ['get', 'image'], ...over, 'text-field': ['get', 'label'], 'text-font': FACE, 'text-size': 12,
        'text-anchor': 'left', 'text-offset': [1.55, 0],
      },
      paint: { 'icon-opacity': ['case', ['get', 'late'], 0.5, 1], 'text-color': token('ink'), ...halo },
    },
    {
      id: 'picked', type: 'circle', source: 'incidents', filter: ['get', 'selected'],
      paint: { 'circle-radius': 17, 'circle-opacity': 0, 'circle-stroke-color': token('accent'), 'circle-stroke-width': 2.5 },
    },
    {
      id: 'incidents', type: 'symbol', source: 'incidents',
      layout: {
        'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'symbol-sort-key': ['-', 0, ['get', 'rank']],
        'text-field': ['get', 'label'], 'text-font': FACE, 'text-size': 13, 'text-anchor': 'left', 'text-offset': [1.2, 0],
        'text-optional': true, 'text-padding': 0,
      },
      paint: { 'text-color': token('ink'), ...halo },
    },
  ];
}
