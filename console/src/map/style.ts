// The muted base of the map in both themes: land, water, green, buildings, roads and their names; no points of interest.
import type { ExpressionSpecification, LayerSpecification, LineLayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Theme, Tongue } from '../house/desk.svelte';

export const FACE = ['Noto Sans SC Variable'];

const INKS = {
  dark: {
    land: '#1b1f23', water: '#14293a', green: '#1d2823', building: '#22272c', small: '#343b42', middle: '#414a52', great: '#515c66',
    casing: '#15181b', name: '#98a2aa', halo: '#15181b', area: '#a4aeb6', border: '#424c54',
  },
  light: {
    land: '#eceeee', water: '#cddbe5', green: '#dfe8de', building: '#e1e4e5', small: '#ffffff', middle: '#ffffff', great: '#ffffff',
    casing: '#cfd4d8', name: '#59636b', halo: '#f6f7f7', area: '#4c565e', border: '#b3bbc1',
  },
} as const;

const roadClass: ExpressionSpecification = ['get', 'class'];
const GREAT = ['motorway', 'motorway_link', 'trunk', 'trunk_link', 'primary', 'primary_link'];
const MIDDLE = ['secondary', 'secondary_link', 'tertiary', 'tertiary_link', 'busway'];
const SMALL = ['unclassified', 'residential', 'living_street', 'pedestrian'];
const DISTRICTS = [
  'area', 'city', 'town', 'borough', 'suburb', 'quarter', 'neighbourhood', 'village', 'hamlet', 'island', 'islet', 'park', 'water', 'bay', 'district',
];
const among = (classes: string[]): ExpressionSpecification => ['in', roadClass, ['literal', classes]];

const widths = (at11: number, at14: number, at18: number): ExpressionSpecification =>
  ['interpolate', ['exponential', 1.5], ['zoom'], 10, at11, 14, at14, 18, at18];

export const nameIn = (tongue: Tongue): ExpressionSpecification =>
  tongue === 'zh' ? ['coalesce', ['get', 'name_zh'], ['get', 'name'], ''] : ['coalesce', ['get', 'name'], ''];

/** Seen from afar a road is a pixel or two wide: round ends and bends, four times the triangles, come where they can be seen. */
const ENDS = { 'line-cap': ['step', ['zoom'], 'butt', 16, 'round'], 'line-join': ['step', ['zoom'], 'miter', 16, 'round'] } satisfies LineLayerSpecification['layout'];

function roads(id: string, classes: string[], ink: string, casing: string, w: [number, number, number], minzoom: number, cased = minzoom): LayerSpecification[] {
  const road = {
    type: 'line', source: 'base', 'source-layer': 'roads', minzoom, filter: among(classes),
    layout: ENDS,
  } as const;
  return [
    { ...road, id: `${id}-casing`, minzoom: cased, paint: { 'line-color': casing, 'line-width': widths(w[0] + 0.8, w[1] + 1.6, w[2] + 2.4) } },
    { ...road, id, paint: { 'line-color': ink, 'line-width': widths(...w) } },
  ];
}

/** The whole base style. `tiles` is the absolute address of the city's PMTiles; no glyphs, no sprite, nothing from outside. */
export function baseStyle(theme: Theme, tongue: Tongue, tiles: string, attribution: string): StyleSpecification {
  const ink = INKS[theme];
  const small = roads('road-small', SMALL, ink.small, ink.casing, [0.3, 2.4, 14], 12, 13);
  const middle = roads('road-middle', MIDDLE, ink.middle, ink.casing, [0.8, 3.6, 20], 10);
  const great = roads('road-great', GREAT, ink.great, ink.casing, [1.4, 4.8, 24], 0);
  return {
    version: 8,
    sources: { base: { type: 'vector', url: `pmtiles://${tiles}`, attribution } },
    layers: [
      { id: 'land', type: 'background', paint: { 'background-color': ink.land } },
      { id: 'green', type: 'fill', source: 'base', 'source-layer': 'green', paint: { 'fill-color': ink.green } },
      {
        id: 'water', type: 'fill', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': ink.water },
      },
      {
        id: 'streams', type: 'line', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'],
        paint: { 'line-color': ink.water, 'line-width': widths(0.6, 2, 8) },
      },
      {
        id: 'buildings', type: 'fill', source: 'base', 'source-layer': 'buildings', minzoom: 13.5,
        paint: { 'fill-color': ink.building, 'fill-antialias': ['step', ['zoom'], false, 16, true], 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13.5, 0, 15, 1] },
      },
      {
        id: 'borders', type: 'line', source: 'base', 'source-layer': 'areas',
        paint: { 'line-color': ink.border, 'line-width': 1, 'line-dasharray': [4, 3] },
      },
      {
        id: 'road-least', type: 'line', source: 'base', 'source-layer': 'roads', minzoom: 14,
        filter: among(['service', 'track', 'path']), paint: { 'line-color': ink.small, 'line-width': widths(0.2, 0.8, 5) },
      },
      {
        id: 'rail', type: 'line', source: 'base', 'source-layer': 'roads', minzoom: 11, filter: among(['rail']),
        paint: { 'line-color': ink.border, 'line-width': widths(0.5, 1, 2), 'line-dasharray': [6, 2] },
      },
      ...[small, middle, great].map((pair) => pair[0]).filter((layer) => layer !== undefined),
      ...[small, middle, great].map((pair) => pair[1]).filter((layer) => layer !== undefined),
      {
        id: 'road-names', type: 'symbol', source: 'base', 'source-layer': 'roads', minzoom: 13,
        filter: among([...GREAT, ...MIDDLE, ...SMALL]),
        layout: {
          'symbol-placement': 'line', 'text-field': nameIn(tongue), 'text-font': FACE,
          'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 17, 13], 'symbol-spacing': 320, 'text-max-angle': 30,
        },
        paint: { 'text-color': ink.name, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
      },
      {
        id: 'area-names', type: 'symbol', source: 'base', 'source-layer': 'labels', maxzoom: 16,
        // Districts, parks and waters help to find one's way; points of interest stay out until they are asked for.
        filter: ['in', ['get', 'class'], ['literal', DISTRICTS]],
        layout: { 'text-field': nameIn(tongue), 'text-font': FACE, 'text-size': 13, 'text-letter-spacing': 0.04, 'text-max-width': 8 },
        paint: { 'text-color': ink.area, 'text-halo-color': ink.halo, 'text-halo-width': 1.6 },
      },
    ],
  };
}
