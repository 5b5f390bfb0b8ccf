// The map round the unit, where the city's is larger than a phone keeps: parts of its file by the very ranges that the map asks for, so that the worker can answer them.
import { PMTiles, type RangeResponse, type Source } from 'pmtiles';
import type { Instant } from '../model/contract';
import { field } from './field.svelte';
import { dropped, tilesAround, type Centre, type Piece, type Tile } from './tiles';

const FILE = '/city/basemap.pmtiles';
const CACHE = 'tocsin-city-around';
export const MOST_BYTES = 48 * 1024 * 1024;
export const [STATION_M, JOB_M] = [6_000, 3_000];
const NO_TILE: Tile = { z: -1, x: 0, y: 0 };
interface Kept { etag: string; at: Instant; pieces: Piece[] }

/** The file as a source of ranges: from the phone where they lie there, else from the house and then on the phone too. */
class Ranges implements Source {
  tile: Tile = NO_TILE;
  /** Where the tiles begin in the file; what lies before is its directory. */
  tilesFrom = Infinity;
  readonly pieces: Map<string, Piece>;
  readonly #cache: Cache;

  constructor(cache: Cache, pieces: Piece[]) {
    this.#cache = cache;
    this.pieces = new Map(pieces.map((piece) => [piece.key, piece]));
  }
  getKey = (): string => FILE;
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    const key = `${FILE}?bytes=${offset}-${offset + length - 1}`;
    const here = await this.#cache.match(key);
    if (here && this.pieces.has(key)) {
      this.pieces.set(key, { ...(this.pieces.get(key) as Piece), at: Date.now() * 1000 });
      return { data: await here.arrayBuffer() };
    }
    const answer = await fetch(FILE, { headers: { range: `bytes=${offset}-${offset + length - 1}` }, cache: 'reload' });
    if (answer.status !== 206) throw new Error(`the map's file answers ${answer.status}`);
    const data = await answer.arrayBuffer();
    const headers = { 'content-type': 'application/vnd.pmtiles', etag: answer.headers.get('etag') ?? '', 'x-of': answer.headers.get('content-range')?.split('/')[1] ?? '*' };
    await this.#cache.put(key, new Response(data.slice(0), { headers }));
    this.pieces.set(key, { ...(offset < this.tilesFrom ? NO_TILE : this.tile), key, size: data.byteLength, at: Date.now() * 1000 });
    return { data };
  }
}

class Around {
  bytes = $state(0);
  at = $state<Instant>(0);
  tiles = $state(0);
  busy = $state(false);
  #round = '';
  #next: (() => Promise<void>) | null = null;

  async open(): Promise<void> {
    this.#look(await field.recall<Kept>('around'));
  }

  /** Keeps the map round these places; asked again with the same ones it does nothing while the map is the same. */
  async keep(centres: Centre[], etag: string): Promise<void> {
    const round = `${etag} ${centres.map(({ lon, lat, within_m }) => `${lon.toFixed(3)},${lat.toFixed(3)},${within_m}`).join(' ')}`;
    if (round === this.#round || !centres.length || !('caches' in window)) return;
    this.#next = () => this.keep(centres, etag);
    if (this.busy) return;
    this.#next = null;
    this.busy = true;
    try {
      await this.#fetch(centres, etag);
      this.#round = round;
    } catch {
      // no network, or no room: what came lies there, and the rest is asked for again
    } finally {
      this.busy = false;
    }
    const next = this.#next as (() => Promise<void>) | null; // another centre may have come meanwhile
    await next?.();
  }

  /** With a shift's end the map round its jobs goes too: it says where they were. */
  async forget(): Promise<void> {
    this.#round = '';
    this.#look(undefined);
    if ('caches' in window) await caches.delete(CACHE);
  }

  async #fetch(centres: Centre[], etag: string): Promise<void> {
    const before = await field.recall<Kept>('around');
    if (before && before.etag !== etag) await caches.delete(CACHE);
    const cache = await caches.open(CACHE);
    const source = new Ranges(cache, before?.etag === etag ? before.pieces : []);
    const map = new PMTiles(source);
    try {
      const { minZoom, maxZoom, tileDataOffset } = await map.getHeader();
      source.tilesFrom = tileDataOffset;
      for (const centre of centres) {
        for (const tile of tilesAround(centre, minZoom, maxZoom)) {
          source.tile = tile;
          await map.getZxy(tile.z, tile.x, tile.y);
        }
      }
    } finally {
      for (const piece of dropped([...source.pieces.values()], centres, MOST_BYTES)) {
        await cache.delete(piece.key);
        source.pieces.delete(piece.key);
      }
      const kept: Kept = { etag, at: Date.now() * 1000, pieces: [...source.pieces.values()] };
      await field.keep('around', kept);
      this.#look(kept);
    }
  }

  #look(kept: Kept | undefined): void {
    this.bytes = kept?.pieces.reduce((sum, piece) => sum + piece.size, 0) ?? 0;
    this.tiles = kept?.pieces.filter((piece) => piece.z >= 0).length ?? 0;
    this.at = kept?.at ?? 0;
  }
}
export const around = new Around();
