// The keyboard on the map: from mark to mark with a spoken label, from cell to cell of cover, and Enter to take what one is on.
import type { CityMap } from '../map/city-map';
import { toWorld } from '../map/mercator';
import type { CellText } from '../map/painter';
import type { Spot } from '../map/scene';
import { cellAt, cellBeside } from '../model/layers';
import type { Move } from '../model/moves';
import { age, clock, duration } from '../model/age';
import { doubtOf } from '../model/doubt';
import { desk } from '../house/desk.svelte';
import { layers } from '../house/layers.svelte';
import { m } from '../words/messages.js';
import { doubtWords } from './doubts';
import type { Floor } from './floor.svelte';
import type { Lookouts } from './lookouts.svelte';

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** What an asset is, in words. */
const ASSETS: Record<string, () => string> = {
  hospital: m.layer_asset_hospital, fire_station: m.layer_asset_fire_station, police: m.layer_asset_police, ambulance_station: m.layer_asset_ambulance_station,
  hydrant: m.layer_asset_hydrant, defibrillator: m.layer_asset_defibrillator, shelter: m.layer_asset_shelter, assembly_point: m.layer_asset_assembly_point,
};
export const assetName = (kind: string): string => ASSETS[kind]?.() ?? kind;

export class Traveller {
  cursor: Spot | null = null;
  cell = -1;

  constructor(readonly map: CityMap, readonly floor: Floor, readonly lookouts: Lookouts) {}

  /** Takes a key that was pressed on the map; true where it meant something here. */
  key(event: KeyboardEvent): boolean {
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) return this.#read(...arrow);
    if (event.key === ']' || event.key === '[') return this.#step(event.key === ']' ? 1 : -1, false);
    if (event.key === '}' || event.key === '{') return this.#step(event.key === '}' ? 1 : -1, true);
    if (event.key === 'Enter' && this.cursor) return this.#take(this.cursor);
    if (event.key === 'Escape' && (this.cursor || this.cell >= 0)) return this.#leave();
    return false;
  }

  #step(by: number, kinds: boolean): boolean {
    const order = this.map.scene.inOrder(this.map.sight, this.map.zoom, this.map.shows);
    if (!order.length) {
      this.floor.say(m.layer_travel_none());
      return true;
    }
    const now = order.findIndex((one) => one.kind === this.cursor?.kind && one.id === this.cursor.id);
    let next = now < 0 ? (by > 0 ? 0 : order.length - 1) : (now + by + order.length) % order.length;
    if (kinds && now >= 0) {
      const here = this.cursor?.kind;
      while (order[next]?.kind === here && next !== now) next = (next + by + order.length) % order.length;
      const there = order[next]?.kind;
      while (by < 0 && next > 0 && order[next - 1]?.kind === there) next -= 1;
    }
    this.cursor = order[next] ?? null;
    this.map.point(this.cursor);
    if (this.cursor) this.floor.say(m.layer_travel_at({ at: next + 1, of: order.length, what: this.#told(this.cursor) }));
    return true;
  }

  #told(one: Spot): string {
    if (one.kind === 'incident') {
      const row = this.floor.row(one.id);
      if (!row) return one.label;
      return m.layer_told_incident({
        number: one.label, kind: desk.kind(row.kind), priority: row.priority, age: age(row.called_at, this.floor.live.now), units: row.units.length, place: row.place.text,
      });
    }
    if (one.kind === 'unit') {
      const row = this.floor.unitRow(one.id);
      if (!row) return one.id;
      const doubt = doubtOf(this.floor.live.position(one.id), this.floor.live.now);
      return [one.id, desk.unitKind(row.unit_kind), desk.state(row.state), row.standby ? m.move_at({ post: row.standby.name }) : '', doubt ? doubtWords(doubt, this.floor.live.now) : ''].filter(Boolean).join(', ');
    }
    if (one.kind === 'post') return m.layer_told_post({ post: one.label });
    if (one.kind === 'closure') return m.layer_told_closure({ place: one.label });
    return one.label ? `${assetName(one.sprite)}: ${one.label}` : assetName(one.sprite);
  }

  #take(one: Spot): boolean {
    if (one.kind === 'incident') this.floor.select(one.id);
    else if (one.kind === 'unit') this.floor.selectUnit(one.id);
    else this.floor.say(this.#told(one));
    return true;
  }

  #leave(): boolean {
    this.cursor = null;
    this.cell = -1;
    this.map.point(null);
    this.drawCells();
    return true;
  }

  /** The next cell in a direction, read aloud: how long until help, from whom, and how old that is. */
  #read(east: number, north: number): boolean {
    const { cells, cover } = this.lookouts;
    if (!layers.on.has('cover')) {
      this.floor.say(m.layer_cover_off());
      return true;
    }
    if (!cells || !cover) return true;
    const { lon, lat } = this.map.middle;
    const next = this.cell < 0 ? cellAt(cells, lon, lat) : cellBeside(cells, this.cell, east, north);
    if (next >= 0) this.cell = next;
    this.map.show(cells.lon[this.cell] ?? lon, cells.lat[this.cell] ?? lat);
    this.drawCells();
    this.floor.say(this.cellTold());
    return true;
  }

  cellTold(): string {
    const { cover } = this.lookouts;
    if (!cover || this.cell < 0) return '';
    const [eta, first] = [cover.eta_s[this.cell] ?? -1, cover.first[this.cell] ?? -1];
    const at = clock(cover.at, desk.me?.city.timezone ?? 'UTC');
    const skill = desk.skill(cover.skill);
    if (eta < 0) return m.layer_cell_nobody({ skill, at });
    return m.layer_cell({ eta: duration(eta), unit: cover.units[first] ?? '', skill, at, old: duration(cover.ages_s[first] ?? 0) });
  }

  /** Minutes in the cells where they fit, and the outline of the cell that is read. */
  drawCells(): void {
    const { cells, cover } = this.lookouts;
    if (!layers.on.has('cover') || !cells || cover?.version !== cells.version) return this.map.write([], null);
    const outline = cells.outlines[0] ?? [];
    const [west] = toWorld(Math.min(...outline.filter((_, at) => at % 2 === 0)), 0);
    const [east] = toWorld(Math.max(...outline.filter((_, at) => at % 2 === 0)), 0);
    const wide = (east - west) * this.map.sight.scale;
    const looked = this.lookouts.looked;
    const texts = looked ? this.#turned(looked) : wide < FITS_PX ? [] : cells.lon.map((lon, at) => {
      const [x, y] = toWorld(lon, cells.lat[at] ?? 0);
      const eta = cover.eta_s[at] ?? -1;
      return { x, y, text: eta < 0 ? '×' : String(Math.ceil(eta / 60)) };
    });
    const ring = this.cell < 0 ? null : (cells.outlines[this.cell] ?? []).flatMap((_, at, flat) => (at % 2 ? [] : toWorld(flat[at] ?? 0, flat[at + 1] ?? 0)));
    this.map.write(texts, ring);
  }

  /** A sign in each cell that the move looked at wins or loses. */
  #turned(move: Move): CellText[] {
    const cells = this.lookouts.cells;
    const signs: [number[], string][] = [[move.won, '+'], [move.lost, '−']];
    return signs.flatMap(([at, text]) => at.map((cell) => {
      const [x, y] = toWorld(cells?.lon[cell] ?? 0, cells?.lat[cell] ?? 0);
      return { x, y, text };
    }));
  }
}
const FITS_PX = 34;
