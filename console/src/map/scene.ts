// The marks on the map as they stand: incidents, units, closures, assets and posts in the world's square, spread where they meet.
import type { ClosureRow, IncidentRow, PositionRow, UnitRow } from '../model/contract';
import { ageShare, assetShown, type Asset } from '../model/layers';
import { LATE_US, shortNumber } from '../model/age';
import { byCallsign, pressing } from '../model/queue';
import { toWorld, type Sight } from './mercator';
import { spread, type Mark, type Offsets } from './spread';
import { mood } from './symbols';

export type Kind = 'incident' | 'unit' | 'closure' | 'asset' | 'post';
/** `x`, `y` in the world's square; `dx`, `dy` how far it is drawn from there, in pixels. */
export interface Spot {
  kind: Kind; id: string; label: string; x: number; y: number; dx: number; dy: number;
  /** Of units: the letter and mood of its sprite, degrees from north or -1, whether its position is old, doubted or only presumed. */
  sprite: string; heading: number; late: boolean;
  /** Of units whose position can hardly be true: in which way, and for one that is rough how many metres it may be off. */
  doubt: '' | 'jump' | 'rough'; rough_m: number;
  /** Of incidents: the share of its ring. */
  age: number;
  picked: boolean;
  /** Of units: the position that it was placed by, so that only those that moved are placed again. */
  from: PositionRow | undefined;
}
/** How much room the marks in sight have: each its own with its name; close together; or so many that each is a dot. */
export type Room = 'roomy' | 'tight' | 'dense';

/** Above TIGHT marks in sight there is no room for every callsign; above DENSE none for letters: each is a dot of its state. */
export const TIGHT = 200;
export const DENSE = 700;
const BACK = 0.85;
const EDGE = 80;

const spot = (kind: Kind, id: string, label: string, lon: number, lat: number, sprite: string): Spot => {
  const [x, y] = toWorld(lon, lat);
  return { kind, id, label, x, y, dx: 0, dy: 0, sprite, heading: -1, late: false, doubt: '', rough_m: 0, age: 0, picked: false, from: undefined };
};

export class Scene {
  incidents: Spot[] = [];
  units: Spot[] = [];
  closures: Spot[] = [];
  assets: Spot[] = [];
  posts: Spot[] = [];
  room: Room = 'roomy';
  #offsets: Offsets = new Map();
  #rows: UnitRow[] = [];

  /** Units at work are drawn over free ones, and come first when room is given out; sorted anew only when a row changed. */
  takeUnits(rows: UnitRow[], letter: (kind: string) => string, position: (unit: string) => PositionRow | undefined, now: number, picked: string): void {
    if (rows !== this.#rows) this.#sort(rows, letter);
    for (const one of this.units) {
      const from = position(one.id);
      one.picked = one.id === picked;
      one.late = !from || !!from.doubt || now - from.device_at > LATE_US;
      if (!from || from === one.from) continue;
      one.from = from;
      one.doubt = from.doubt === 'jump' ? 'jump' : from.doubt === 'accuracy' ? 'rough' : '';
      one.rough_m = one.doubt === 'rough' ? (from.accuracy_m ?? 0) : 0;
      one.label = one.doubt ? `${one.id} ?` : one.id;
      [one.x, one.y] = toWorld(from.lon, from.lat);
      one.heading = (from.speed_mps ?? 0) > 0.5 ? (from.heading_deg ?? -1) : -1;
    }
  }

  /** One that never said where it is stands at its station, faint. */
  #sort(rows: UnitRow[], letter: (kind: string) => string): void {
    const order = { busy: 0, free: 1, out: 2 };
    const sorted = rows.map((unit) => ({ unit, of: mood(unit.state) }));
    sorted.sort((a, b) => order[a.of] - order[b.of] || (a.unit.id < b.unit.id ? -1 : 1));
    this.#rows = rows;
    this.units = sorted.map(({ unit, of }) => this.#offset(spot('unit', unit.id, unit.id, unit.home.lon, unit.home.lat, `${letter(unit.unit_kind)}-${of}`)));
  }

  takeIncidents(rows: IncidentRow[], selected: string, now: number): void {
    this.incidents = [...rows].sort(pressing).map((row) => {
      const made = spot('incident', row.id, shortNumber(row.id), row.place.lon, row.place.lat, String(row.priority));
      made.picked = row.id === selected;
      made.age = ageShare(row.called_at, now);
      return this.#offset(made);
    });
  }

  takeClosures(rows: ClosureRow[]): void {
    this.closures = rows.flatMap((row) => {
      const part = row.shape[0];
      const middle = part?.[Math.floor(part.length / 2)];
      return middle ? [spot('closure', row.id, row.text, middle[0], middle[1], '')] : [];
    });
  }

  takeAssets(assets: Asset[]): void {
    this.assets = assets.map((one, at) => spot('asset', `asset ${at}`, one.name ?? '', one.lon, one.lat, one.kind));
  }

  /** Places where units may wait beside their stations. */
  takePosts(posts: readonly { name: string; lon: number; lat: number }[]): void {
    this.posts = posts.map((one) => spot('post', one.name, one.name, one.lon, one.lat, 'post'));
  }

  /** Gives the marks in sight their room; those out of sight cost nothing and hide nothing. */
  arrange(sight: Sight): void {
    const near = [...this.incidents, ...this.units].filter((one) => inSight(one, sight, EDGE));
    const most = (limit: number, held: boolean): boolean => near.length > (held ? limit * BACK : limit);
    this.room = most(DENSE, this.room === 'dense') ? 'dense' : most(TIGHT, this.room !== 'roomy') ? 'tight' : 'roomy';
    for (const one of near) one.dx = one.dy = 0;
    if (this.room === 'dense') {
      this.#offsets = new Map();
      return;
    }
    const marks: Mark[] = near.map((one) => ({ id: key(one), x: one.x * sight.scale, y: one.y * sight.scale }));
    this.#offsets = this.room === 'roomy' ? spread(marks, 60, 24, 12, this.#offsets) : spread(marks, 24, 24, 2, this.#offsets);
    for (const one of near) this.#offset(one);
  }

  /** Everything that the keyboard can step through, in its order: what presses, who is where, what is shut, what is there to use. */
  inOrder(sight: Sight, zoom: number, shows: (kind: Kind) => boolean): Spot[] {
    const seen = (list: Spot[]): Spot[] => list.filter((one) => inSight(one, sight, 0));
    return [
      ...(shows('incident') ? seen(this.incidents) : []),
      ...(shows('unit') ? seen(this.units).sort((a, b) => byCallsign(a as never, b as never)) : []),
      ...(shows('closure') ? seen(this.closures) : []),
      ...(shows('post') ? seen(this.posts) : []),
      ...(shows('asset') ? seen(this.assets).filter((one) => assetShown(one.sprite, zoom)) : []),
    ];
  }

  /** The mark under a pointer: the nearest within reach, an incident before a unit. */
  at(sight: Sight, px: number, py: number, shows: (kind: Kind) => boolean): Spot | undefined {
    const nearest = (list: Spot[]): Spot | undefined => {
      let found: Spot | undefined;
      let least = REACH;
      for (const one of list) {
        const [x, y] = placed(one, sight);
        const far = Math.hypot(x - px, y - py);
        if (far < least) [found, least] = [one, far];
      }
      return found;
    };
    return (shows('incident') ? nearest(this.incidents) : undefined) ?? (shows('unit') ? nearest(this.units) : undefined);
  }

  #offset(one: Spot): Spot {
    const had = this.#offsets.get(key(one));
    if (had) [one.dx, one.dy] = had;
    return one;
  }
}

const REACH = 18;
const key = (one: Spot): string => (one.kind === 'incident' ? `i:${one.id}` : one.id);

/** Where a mark is drawn, in pixels of the pane. */
export const placed = (one: Spot, sight: Sight): [number, number] =>
  [(one.x - sight.x) * sight.scale + sight.width / 2 + one.dx, (one.y - sight.y) * sight.scale + sight.height / 2 + one.dy];

export function inSight(one: Spot, sight: Sight, edge: number): boolean {
  const [x, y] = [(one.x - sight.x) * sight.scale, (one.y - sight.y) * sight.scale];
  return Math.abs(x) < sight.width / 2 + edge && Math.abs(y) < sight.height / 2 + edge;
}
