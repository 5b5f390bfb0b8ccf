// The map as an instrument: maplibre over the city's own tiles for what lies still, a painter over it for what moves.
import {
  addProtocol, LngLat, LngLatBounds, Map as Canvas, Marker, ScaleControl, setWorkerUrl, AttributionControl,
  type GeoJSONSource, type GetResourceResponse, type MapMouseEvent,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { FeatureCollection } from 'geojson';
import { Protocol } from 'pmtiles';
import type { City } from '../model/contract';
import type { Theme, Tongue } from '../house/desk.svelte';
import type { Layer } from '../model/layers';
import { lettered, letteredTile } from './faces';
import { TILE, toWorld, type Sight } from './mercator';
import { HATCHES, hatchTile, OVER_COVER, OVERLAY_OF, overlayLayers, OVERLAYS, type Overlay } from './overlay';
import { LAYER_OF, Painter, type CellText } from './painter';
import { Scene, type Kind, type Spot } from './scene';
import { none } from './shapes';
import { baseStyle } from './style';
import { inksOf } from './symbols';

setWorkerUrl(workerUrl);
const tiles = new Protocol();
addProtocol('pmtiles', async (request, abort) => {
  const answer = (await tiles.tilev4(request, abort)) as GetResourceResponse<object>;
  if (answer.data instanceof Uint8Array || answer.data instanceof ArrayBuffer) await letteredTile(answer.data);
  return answer;
});
const GLIDE_MS = 300;
/** How much wider than the pane the marks are painted on each side, in pixels. */
const MARGIN = 96;

export interface Touched { incident: string; unit: string; lon: number; lat: number }

export class CityMap {
  readonly scene = new Scene();
  readonly #canvas: Canvas;
  readonly #painter: Painter;
  readonly #inks: Element;
  #sharp = 1;
  #ready = false;
  #waiting = new Map<Overlay, FeatureCollection>();
  #filled = new Set<Overlay>();
  #layers: ReadonlySet<Layer> = new Set();
  #cells: CellText[] = [];
  #cell: number[] | null = null;
  #cursor: Spot | null = null;
  #frame = 0;
  #painted: Sight | null = null;
  #pin: Marker | null = null;

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
    const [west, south, east, north] = city.bounds;
    const bounds = new LngLatBounds([west, south], [east, north]);
    const basemap = new URL('/city/basemap.pmtiles', location.href).href;
    this.#canvas = new Canvas({
      container: place, style: baseStyle(theme, tongue, basemap, city.attribution), bounds, fitBoundsOptions: { padding: 24 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, maxZoom: 19, minZoom: 8,
      locale: words, fadeDuration: 0, refreshExpiredTiles: false,
    });
    // The library paints a sky over the whole pane in every frame; it would be seen on a tilted map only, and this one never tilts.
    this.#canvas.painter.drawFunctions = { ...this.#canvas.painter.drawFunctions, sky: () => undefined };
    this.#canvas.touchZoomRotate.disableRotation();
    this.#canvas.keyboard.disableRotation();
    this.#canvas.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.#canvas.addControl(new AttributionControl({ compact: false }), 'bottom-right');
    this.#painter = new Painter(letters);
    this.#painter.dress(inks, this.#ratio);
    this.#canvas.getCanvasContainer().append(this.#painter.canvas);
    // The map's own frame takes the marks with it, so that both move together.
    this.#canvas.on('render', () => this.#follow());
    // Whoever reads or pictures the page can tell a map that is still being drawn: `idle` comes right after the last frame of a change.
    place.ariaBusy = 'true';
    this.#canvas.on('render', () => (place.ariaBusy = 'true'));
    this.#canvas.on('idle', () => (place.ariaBusy = 'false'));
    document.fonts.addEventListener('loadingdone', this.#faced);
    this.#canvas.once('style.load', () => this.#furnish());
  }

  get zoom(): number {
    return this.#canvas.getZoom();
  }

  get #ratio(): number {
    return (devicePixelRatio || 1) * this.#sharp;
  }

  get middle(): { lon: number; lat: number } {
    const { lng, lat } = this.#canvas.getCenter();
    return { lon: lng, lat };
  }

  get sight(): Sight {
    const { lng, lat } = this.#canvas.getCenter();
    const [x, y] = toWorld(lng, lat);
    const { clientWidth, clientHeight } = this.#canvas.getContainer();
    return { x, y, scale: TILE * 2 ** this.zoom, width: clientWidth, height: clientHeight };
  }

  readonly #faced = (): void => {
    this.#painter.sprites.forget();
    this.repaint();
  };

  #furnish(): void {
    this.#hatch();
    for (const overlay of OVERLAYS) this.#canvas.addSource(overlay, { type: 'geojson', data: none });
    for (const layer of overlayLayers(this.#inks)) this.#canvas.addLayer(layer, layer.id.startsWith('cover') ? OVER_COVER : undefined);
    this.#ready = true;
    for (const [overlay, shapes] of this.#waiting) this.draw(overlay, shapes);
    this.#waiting.clear();
    this.layered(this.#layers);
  }

  draw(overlay: Overlay, shapes: FeatureCollection): void {
    if (!this.#ready) return void this.#waiting.set(overlay, shapes);
    void this.#canvas.getSource<GeoJSONSource>(overlay)?.setData(shapes);
    if (shapes.features.length > 0) this.#filled.add(overlay);
    else this.#filled.delete(overlay);
    this.#uncover();
  }

  /** Which layers are to be seen. */
  layered(layers: ReadonlySet<Layer>): void {
    this.#layers = layers;
    if (this.#ready) this.#uncover();
    this.repaint();
  }

  /** An overlay without anything on it is hidden: each one that stands costs the whole map a pass, every frame. */
  #uncover(): void {
    for (const layer of overlayLayers(this.#inks)) {
      if (!('source' in layer)) continue;
      const overlay = layer.source as Overlay;
      const of = OVERLAY_OF[overlay];
      const seen = this.#filled.has(overlay) && (!of || this.#layers.has(of)) ? 'visible' : 'none';
      if (this.#canvas.getLayoutProperty(layer.id, 'visibility') !== seen) this.#canvas.setLayoutProperty(layer.id, 'visibility', seen);
    }
  }

  /** What is written in the cells of cover, and the outline of the one that is read. */
  write(cells: CellText[], cell: number[] | null): void {
    this.#cells = cells;
    this.#cell = cell;
    this.repaint();
  }

  point(cursor: Spot | null): void {
    this.#cursor = cursor;
    this.repaint();
  }

  /** A ring round a place that was looked up; it says nothing of who is there. */
  pin(at: [number, number] | null): void {
    this.#pin?.remove();
    this.#pin = null;
    if (!at) return;
    const element = document.createElement('div');
    element.className = 'pin';
    this.#pin = new Marker({ element }).setLngLat(at).addTo(this.#canvas);
  }

  /** Gives marks their room and paints them, once before the next frame, however often it is asked for. */
  arrange(): void {
    this.scene.arrange(this.sight);
    this.repaint();
  }

  repaint(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  /** While the map is only moved, the painted sheet is moved with it; it is wider than the pane, and painted anew when it runs out. */
  #follow(): void {
    const [was, now] = [this.#painted, this.sight];
    if (was?.scale !== now.scale || was.width !== now.width + 2 * MARGIN || was.height !== now.height + 2 * MARGIN) return this.#paint();
    const [dx, dy] = [(was.x - now.x) * now.scale, (was.y - now.y) * now.scale];
    if (Math.max(Math.abs(dx), Math.abs(dy)) > MARGIN) return this.#paint();
    this.#painter.canvas.style.transform = `translate(${Math.round(dx) - MARGIN}px, ${Math.round(dy) - MARGIN}px)`;
  }

  #paint(): void {
    const sight = this.sight;
    const wide = { ...sight, width: sight.width + 2 * MARGIN, height: sight.height + 2 * MARGIN };
    const cursor = this.#cursor && this.#known(this.#cursor);
    this.#painter.paint(this.scene, wide, { layers: this.#layers, cells: this.#cells, cell: this.#cell, cursor: cursor ?? null, zoom: this.zoom });
    this.#painted = wide;
    this.#painter.canvas.style.transform = `translate(${-MARGIN}px, ${-MARGIN}px)`;
  }

  /** The mark as it stands now: a unit moves while the keyboard is on it. */
  #known = (one: Spot): Spot | undefined =>
    ({ incident: this.scene.incidents, unit: this.scene.units, closure: this.scene.closures, asset: this.scene.assets, post: this.scene.posts })[one.kind].find((other) => other.id === one.id);

  readonly shows = (kind: Kind): boolean => this.#layers.has(LAYER_OF[kind]);

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
    this.#hatch();
    this.#painter.dress(this.#inks, this.#ratio);
    this.repaint();
  }

  /** The patterns of change in the inks of now. */
  #hatch(): void {
    for (const name of HATCHES) {
      const tile = hatchTile(name, inksOf(this.#inks));
      if (!tile) continue;
      if (this.#canvas.hasImage(name)) this.#canvas.updateImage(name, tile);
      else this.#canvas.addImage(name, tile);
    }
  }

  /** Goes there only as far as needed: what is in sight already does not move the map. */
  show(lon: number, lat: number, close = false): void {
    const inner = this.#canvas.getBounds();
    if (inner.contains([lon, lat]) && (!close || this.zoom >= 14)) return;
    this.#canvas.easeTo({ center: [lon, lat], ...(close && { zoom: Math.max(this.zoom, 15) }), duration: GLIDE_MS });
  }

  /** Shows a place with all of its doubt, as near as that allows. */
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

  /** Shows all of these places as near as they fit, and no nearer than a street. */
  frame(places: [number, number][]): void {
    const [first] = places;
    if (!first) return;
    this.#canvas.fitBounds(places.reduce((box, place) => box.extend(place), new LngLatBounds(first, first)), { padding: { top: 48, bottom: 48, left: 48, right: 96 }, maxZoom: 16, duration: GLIDE_MS });
  }

  nearer(by: number): void {
    this.#canvas.easeTo({ zoom: this.zoom + by, duration: GLIDE_MS });
  }

  whole(city: City): void {
    this.#canvas.fitBounds(city.bounds, { padding: 24, duration: GLIDE_MS });
  }

  onTouch(heard: (touched: Touched) => void): void {
    this.#canvas.on('click', (event: MapMouseEvent) => {
      const found = this.scene.at(this.sight, event.point.x, event.point.y, this.shows);
      const of = (kind: Kind): string => (found?.kind === kind ? found.id : '');
      heard({ incident: of('incident'), unit: of('unit'), lon: event.lngLat.lng, lat: event.lngLat.lat });
    });
  }

  onMove(heard: () => void): void {
    this.#canvas.on('moveend', heard);
  }

  /** Draws with so many more pixels, for a page that is shown larger than it is laid out. */
  sharpen(by: number): void {
    if (by === this.#sharp) return;
    this.#sharp = by;
    this.#canvas.setPixelRatio(this.#ratio);
    this.#painter.dress(this.#inks, this.#ratio);
    this.repaint();
  }

  /** Puts a place in the middle at once, without gliding. */
  centre(lon: number, lat: number, zoom: number): void {
    this.#canvas.jumpTo({ center: [lon, lat], zoom });
  }

  /** How many metres a pixel of the map's own page is, in its middle. */
  get metresPerPixel(): number {
    return (40_075_016.7 * Math.cos((this.#canvas.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** this.zoom);
  }

  /** The map and the marks on it as a picture, once all of it is drawn. */
  picture(): Promise<string> {
    return new Promise((done) => {
      void this.#canvas.once('idle', () => {
        // The drawing is only there to be read while it is being made.
        void this.#canvas.once('render', () => done(this.#together()));
        this.#canvas.triggerRepaint();
      });
      this.#canvas.triggerRepaint();
    });
  }

  #together(): string {
    this.#paint();
    const base = this.#canvas.getCanvas();
    const sheet = document.createElement('canvas');
    [sheet.width, sheet.height] = [base.width, base.height];
    const pen = sheet.getContext('2d');
    if (!pen) throw new Error('this browser cannot draw');
    pen.drawImage(base, 0, 0);
    const off = MARGIN * this.#ratio;
    pen.drawImage(this.#painter.canvas, off, off, sheet.width, sheet.height, 0, 0, sheet.width, sheet.height);
    return sheet.toDataURL('image/png');
  }

  resize(): void {
    this.#canvas.resize();
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
    document.fonts.removeEventListener('loadingdone', this.#faced);
    this.#canvas.remove();
  }
}
