// The map as an instrument: maplibre over the city's own tiles, with the board's rows drawn on it at most five times a second.
import {
  addProtocol, LngLat, LngLatBounds, Map as Canvas, ScaleControl, setWorkerUrl, AttributionControl,
  type GeoJSONSource, type GetResourceResponse, type MapMouseEvent,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { FeatureCollection } from 'geojson';
import { Protocol } from 'pmtiles';
import type { City } from '../model/contract';
import type { Theme, Tongue } from '../house/desk.svelte';
import { overlayLayers, OVERLAYS, type Overlay } from './overlay';
import { none } from './shapes';
import { lettered, letteredTile } from './faces';
import { baseStyle } from './style';
import { headingImage, incidentImage, unitImage, type Mood } from './symbols';

setWorkerUrl(workerUrl);
const tiles = new Protocol();
addProtocol('pmtiles', async (request, abort) => {
  const answer = (await tiles.tilev4(request, abort)) as GetResourceResponse<object>;
  if (answer.data instanceof Uint8Array || answer.data instanceof ArrayBuffer) await letteredTile(answer.data);
  return answer;
});
const MOODS: Mood[] = ['free', 'busy', 'out'];
const GLIDE_MS = 300;

export interface Touched { incident: string; unit: string; lon: number; lat: number }

export class CityMap {
  readonly #canvas: Canvas;
  readonly #letters: string[];
  readonly #inks: Element;
  #ready = false;
  #waiting = new Map<Overlay, FeatureCollection>();
  readonly #newest = new Map<Overlay, FeatureCollection>();

  /** The faces must be there before the map is made: it draws its glyphs from them once and keeps what it got. */
  static async made(
    place: HTMLElement, city: City, letters: string[], theme: Theme, tongue: Tongue, words: Record<string, string>,
    inks: Element = document.documentElement,
  ): Promise<CityMap> {
    const own = document.fonts.load('650 12px "Inter Variable"', 'E1').catch(() => []);
    await Promise.all([own, lettered('\u00e4'), document.fonts.load('400 24px "Noto Sans SC Variable"', 'Ab1').catch(() => [])]);
    return new CityMap(place, city, letters, theme, tongue, words, inks);
  }

  private constructor(
    place: HTMLElement, city: City, letters: string[], theme: Theme, tongue: Tongue, words: Record<string, string>,
    inks: Element,
  ) {
    this.#inks = inks;
    this.#letters = letters;
    const [west, south, east, north] = city.bounds;
    const bounds = new LngLatBounds([west, south], [east, north]);
    const basemap = new URL('/city/basemap.pmtiles', location.href).href;
    this.#canvas = new Canvas({
      container: place, style: baseStyle(theme, tongue, basemap, city.attribution), bounds, fitBoundsOptions: { padding: 24 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 19, minZoom: 8,
      locale: words, fadeDuration: 0, refreshExpiredTiles: false,
    });
    this.#canvas.touchZoomRotate.disableRotation();
    this.#canvas.keyboard.disableRotation();
    this.#canvas.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.#canvas.addControl(new AttributionControl({ compact: false }), 'bottom-right');
    this.#canvas.once('style.load', () => this.#furnish());
  }

  get zoom(): number {
    return this.#canvas.getZoom();
  }

  #images(): [string, ImageData][] {
    return [
      ...[1, 2, 3, 4].map((priority): [string, ImageData] => [`incident-${priority}`, incidentImage(priority, this.#inks)]),
      ...MOODS.map((state): [string, ImageData] => [`heading-${state}`, headingImage(state, this.#inks)]),
      ...this.#letters.flatMap((letter) =>
        MOODS.map((state): [string, ImageData] => [`unit-${letter}-${state}`, unitImage(letter, state, this.#inks)])),
    ];
  }

  #furnish(): void {
    for (const [name, image] of this.#images()) this.#canvas.addImage(name, image, { pixelRatio: 2 });
    for (const overlay of OVERLAYS) {
      this.#canvas.addSource(overlay, { type: 'geojson', data: none, ...(overlay === 'units' && { tolerance: 0, buffer: 64 }) });
    }
    for (const layer of overlayLayers(this.#inks)) this.#canvas.addLayer(layer);
    this.#ready = true;
    for (const [overlay, shapes] of this.#waiting) this.draw(overlay, shapes);
    this.#waiting.clear();
  }

  draw(overlay: Overlay, shapes: FeatureCollection): void {
    if (!this.#ready) {
      this.#waiting.set(overlay, shapes);
      return;
    }
    // Names from the board (a callsign in Chinese) must have their letters too; what is drawn meanwhile is the newest.
    const named = shapes.features.map((shape) => String(shape.properties?.['id'] ?? '')).join('');
    const ready = lettered(named);
    if (ready !== true) void ready.then(() => this.#newest.get(overlay) === shapes && this.draw(overlay, shapes));
    this.#newest.set(overlay, shapes);
    if (ready === true) void this.#canvas.getSource<GeoJSONSource>(overlay)?.setData(shapes);
  }

  /** Changes inks and names in place; the tiles stay, so nothing flashes. */
  dress(city: City, theme: Theme, tongue: Tongue): void {
    if (!this.#ready) {
      this.#canvas.once('style.load', () => this.dress(city, theme, tongue));
      return;
    }
    for (const layer of [...baseStyle(theme, tongue, '', city.attribution).layers, ...overlayLayers(this.#inks)]) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.#canvas.setPaintProperty(layer.id, name as never, value as never);
      const text = layer.type === 'symbol' ? layer.layout?.['text-field'] : undefined;
      if (text !== undefined) this.#canvas.setLayoutProperty(layer.id, 'text-field', text);
    }
    for (const [name, image] of this.#images()) this.#canvas.updateImage(name, image);
  }

  /** Goes there only as far as needed: what is in sight already does not move the map. */
  show(lon: number, lat: number, close = false): void {
    const inner = this.#canvas.getBounds();
    if (inner.contains([lon, lat]) && (!close || this.zoom >= 14)) return;
    this.#canvas.easeTo({ center: [lon, lat], ...(close && { zoom: Math.max(this.zoom, 15) }), duration: GLIDE_MS });
  }

  /** Brings a whole circle into sight, where it is not already large enough to be seen as one. */
  around(lon: number, lat: number, metres: number): void {
    const box = LngLatBounds.fromLngLat(new LngLat(lon, lat), metres);
    const inner = this.#canvas.getBounds();
    if (inner.contains(box.getSouthWest()) && inner.contains(box.getNorthEast()) && this.zoom >= 13) return;
    this.#canvas.fitBounds(box, { padding: 64, maxZoom: 15, duration: GLIDE_MS });
  }

  /** Brings all these places into sight, and never closer than the map is now. */
  include(places: [number, number][]): void {
    const [first] = places;
    const inner = this.#canvas.getBounds();
    if (!first || places.every((place) => inner.contains(place))) return;
    const bounds = places.reduce((box, place) => box.extend(place), new LngLatBounds(first, first));
    this.#canvas.fitBounds(bounds, { padding: 64, maxZoom: this.zoom, duration: GLIDE_MS });
  }

  nearer(by: number): void {
    this.#canvas.easeTo({ zoom: this.zoom + by, duration: GLIDE_MS });
  }

  whole(city: City): void {
    this.#canvas.fitBounds(city.bounds, { padding: 24, duration: GLIDE_MS });
  }

  onTouch(heard: (touched: Touched) => void): void {
    this.#canvas.on('click', (event: MapMouseEvent) => {
      if (!this.#ready) return;
      const { x, y } = event.point;
      const hits = this.#canvas.queryRenderedFeatures([[x - 12, y - 12], [x + 12, y + 12]], { layers: ['incidents', 'units'] });
      const of = (layer: string): string => String(hits.find((hit) => hit.layer.id === layer)?.properties['id'] ?? '');
      heard({ incident: of('incidents'), unit: of('units'), lon: event.lngLat.lng, lat: event.lngLat.lat });
    });
  }

  onZoom(heard: () => void): void {
    this.#canvas.on('zoomend', heard);
  }

  /** Draws with so many more pixels, for a page that is shown larger than it is laid out. */
  sharpen(by: number): void {
    this.#canvas.setPixelRatio(by * devicePixelRatio);
  }

  /** Puts a place in the middle at once, without gliding. */
  centre(lon: number, lat: number, zoom: number): void {
    this.#canvas.jumpTo({ center: [lon, lat], zoom });
  }

  /** How many metres a pixel of the map's own page is, in its middle. */
  get metresPerPixel(): number {
    return (40_075_016.7 * Math.cos((this.#canvas.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** this.zoom);
  }

  /** The map as a picture, once all of it is drawn. */
  picture(): Promise<string> {
    return new Promise((done) => {
      void this.#canvas.once('idle', () => {
        // The drawing is only there to be read while it is being made.
        void this.#canvas.once('render', () => done(this.#canvas.getCanvas().toDataURL('image/png')));
        this.#canvas.triggerRepaint();
      });
      this.#canvas.triggerRepaint();
    });
  }

  resize(): void {
    this.#canvas.resize();
  }

  end(): void {
    this.#canvas.remove();
  }
}
