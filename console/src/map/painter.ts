// Paints the scene over the map: a plain canvas that is redrawn when marks move or the map does, without waking the base map.
import type { Layer } from '../model/layers';
import { assetShown } from '../model/layers';
import { pixelsOfMetre, type Sight } from './mercator';
import { inSight, placed, type Kind, type Scene, type Spot } from './scene';
import { penOf, Sprites, turned, type Sprite } from './sprites';
import { inksOf } from './symbols';

export const LAYER_OF: Record<Kind, Layer> = { incident: 'incidents', unit: 'units', closure: 'closures', asset: 'assets', post: 'cover' };
/** What is written in a cell of cover, in the world's square. */
export interface CellText { x: number; y: number; text: string }
export interface Painted {
  layers: ReadonlySet<Layer>;
  cells: CellText[];
  /** The cell under the reading cursor, as a ring in the world's square: x, y, x, y … */
  cell: number[] | null;
  /** The mark that the keyboard is on. */
  cursor: Spot | null;
  zoom: number;
}
const EDGE = 30;
/** A ring of doubt that is wider is no mark any more. */
const WIDEST_PX = 600;
const LATE = 0.5;
const MOST_LABELS = 300;
const TEXT_FROM = 20;
/** From here on the map is close enough for the names of posts. */
export const POST_NAMES = 13;

export class Painter {
  readonly canvas = document.createElement('canvas');
  readonly sprites: Sprites;
  readonly #pen: CanvasRenderingContext2D;
  #ratio = 1;
  #inks = { accent: '', ink: '', second: '', quiet: '', ground: '' };
  /** How long the last painting took, in milliseconds; shown to nobody, read by the measurement. */
  took = 0;

  constructor(letters: string[]) {
    this.sprites = new Sprites(letters);
    this.#pen = penOf(this.canvas);
    this.canvas.className = 'marks';
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** Draws every mark anew in the inks that the element wears, with so many device pixels to one of the page's. */
  dress(from: Element, ratio: number): void {
    const token = inksOf(from);
    this.#inks = { accent: token('accent'), ink: token('ink'), second: token('ink-2'), quiet: token('ink-3'), ground: token('ground') };
    this.#ratio = ratio;
    this.sprites.draw(this.#ratio, token);
  }

  paint(scene: Scene, sight: Sight, painted: Painted): void {
    const begun = performance.now();
    const pen = this.#pen;
    const [width, height] = [Math.round(sight.width * this.#ratio), Math.round(sight.height * this.#ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${sight.width}px`;
      this.canvas.style.height = `${sight.height}px`;
    } else {
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, width, height);
    }
    pen.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    const on = (layer: Layer): boolean => painted.layers.has(layer);
    if (on('cover')) this.#cells(painted, sight);
    const shown = (list: Spot[]): Spot[] => list.filter((one) => inSight(one, sight, EDGE));
    const units = on('units') ? shown(scene.units) : [];
    const incidents = on('incidents') ? shown(scene.incidents) : [];
    this.#leaders([...units, ...incidents], sight);
    const posts = on('cover') ? shown(scene.posts) : [];
    for (const one of posts) this.#mark(this.sprites.get('post'), one, sight);
    if (on('assets')) for (const one of shown(scene.assets)) if (assetShown(one.sprite, painted.zoom)) this.#mark(this.sprites.get(`asset ${one.sprite}`), one, sight);
    const dense = scene.room === 'dense';
    for (const one of units) if (one.doubt) this.#doubt(one, sight, dense);
    for (let at = units.length - 1; at >= 0; at -= 1) if (units[at]) this.#unit(units[at] as Spot, sight, dense);
    for (const one of units) if (one.picked) this.#ring(one, sight, 15);
    for (let at = incidents.length - 1; at >= 0; at -= 1) if (incidents[at]) this.#incident(incidents[at] as Spot, sight, on('ages'));
    this.#labels(incidents, units, painted.zoom >= POST_NAMES ? posts : [], scene.room, sight, painted.zoom);
    if (painted.cursor) this.#bracket(painted.cursor, sight);
    this.took = performance.now() - begun;
  }

  #mark(sprite: Sprite | undefined, one: Spot, sight: Sight): void {
    if (!sprite) return;
    const [x, y] = placed(one, sight);
    const ratio = this.#ratio;
    // Whole device pixels and no scaling: the copy is sharp, and as cheap as a copy can be.
    const [left, top] = [Math.round(x * ratio - sprite.width / 2), Math.round(y * ratio - sprite.height / 2)];
    this.#pen.drawImage(this.sprites.sheet, sprite.x, sprite.y, sprite.width, sprite.height, left / ratio, top / ratio, sprite.width / ratio, sprite.height / ratio);
  }

  #unit(one: Spot, sight: Sight, dense: boolean): void {
    const mood = one.sprite.slice(one.sprite.lastIndexOf('-') + 1);
    if (one.late) this.#pen.globalAlpha = LATE;
    if (dense) this.#mark(this.sprites.get(one.heading >= 0 ? `dot ${mood} ${turned(one.heading)}` : `dot ${mood}`), one, sight);
    else {
      if (one.heading >= 0) this.#mark(this.sprites.get(`heading ${mood} ${turned(one.heading)}`), one, sight);
      this.#mark(this.sprites.get(`unit ${one.sprite}`), one, sight);
    }
    if (one.late) this.#pen.globalAlpha = 1;
  }

  /** A position that can hardly be true: a broken ring round the mark, and where it is only rough another as wide as it may be off. */
  #doubt(one: Spot, sight: Sight, dense: boolean): void {
    const pen = this.#pen;
    const [x, y] = placed(one, sight);
    const rim = dense ? 8 : 14;
    const wide = one.rough_m * pixelsOfMetre(one.from?.lat ?? 0, sight);
    pen.lineWidth = 1.5;
    pen.strokeStyle = this.#inks.second;
    pen.setLineDash([4, 3]);
    pen.beginPath();
    pen.arc(x, y, rim, 0, 2 * Math.PI);
    if (wide > rim && wide < WIDEST_PX) {
      pen.moveTo(x - one.dx + wide, y - one.dy);
      pen.arc(x - one.dx, y - one.dy, wide, 0, 2 * Math.PI);
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  #incident(one: Spot, sight: Sight, aged: boolean): void {
    const pen = this.#pen;
    const [x, y] = placed(one, sight);
    if (aged && one.age > 0) {
      pen.lineCap = 'butt';
      for (const [ink, wide] of [[this.#inks.ground, 5], [this.#inks.ink, 2.5]] as const) {
        pen.strokeStyle = ink;
        pen.lineWidth = wide;
        pen.beginPath();
        pen.arc(x, y, 16, -Math.PI / 2, -Math.PI / 2 + one.age * 2 * Math.PI);
        pen.stroke();
      }
    }
    if (one.picked) this.#ring(one, sight, 20.5);
    this.#mark(this.sprites.get(`incident ${one.sprite}`), one, sight);
  }

  #ring(one: Spot, sight: Sight, radius: number): void {
    const pen = this.#pen;
    const [x, y] = placed(one, sight);
    pen.strokeStyle = this.#inks.accent;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
  }

  /** The keyboard's place: four corners, so that it is told from the ring of what is selected. */
  #bracket(one: Spot, sight: Sight): void {
    const pen = this.#pen;
    const [x, y] = placed(one, sight);
    for (const [ink, wide] of [[this.#inks.ground, 5], [this.#inks.accent, 2.5]] as const) {
      pen.strokeStyle = ink;
      pen.lineWidth = wide;
      pen.beginPath();
      for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
        pen.moveTo(x + sx * 22, y + sy * 13);
        pen.lineTo(x + sx * 22, y + sy * 22);
        pen.lineTo(x + sx * 13, y + sy * 22);
      }
      pen.stroke();
    }
  }

  #leaders(spots: Spot[], sight: Sight): void {
    const pen = this.#pen;
    pen.strokeStyle = this.#inks.quiet;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const one of spots) {
      if (!one.dx && !one.dy) continue;
      const [x, y] = placed(one, sight);
      pen.moveTo(x - one.dx, y - one.dy);
      pen.lineTo(x, y);
    }
    pen.stroke();
  }

  /** Names: all of them while there is room; among many, those of incidents and of units at work, as far as they do not meet. */
  #labels(incidents: Spot[], units: Spot[], posts: Spot[], room: Scene['room'], sight: Sight, zoom: number): void {
    const taken = new Set<number>();
    let left = MOST_LABELS;
    const write = (one: Spot, strong: boolean, from: number): void => {
      if (!one.label || left <= 0) return;
      const label = this.sprites.label(one.label, strong);
      const [x, y] = placed(one, sight);
      const [width, height] = [label.width / this.#ratio, label.height / this.#ratio];
      const boxes: number[] = [];
      for (let at = Math.floor((x + from) / TEXT_FROM); at <= Math.floor((x + from + width - 6) / TEXT_FROM); at += 1) {
        boxes.push(at * 4096 + Math.round(y / 14), at * 4096 + Math.round((y + 4) / 14));
      }
      if (room !== 'roomy' && !one.picked && boxes.some((box) => taken.has(box))) return;
      for (const box of boxes) taken.add(box);
      left -= 1;
      const ratio = this.#ratio;
      this.#pen.drawImage(label, Math.round((x + from) * ratio) / ratio, Math.round((y - height / 2) * ratio) / ratio, width, height);
    };
    for (const one of incidents) write(one, true, one.picked ? 22 : 15);
    for (const one of units) {
      const named = room === 'roomy' || one.picked || (room === 'tight' && (zoom >= 15 || !one.sprite.endsWith('-free')));
      if (named) write(one, false, one.heading >= 0 ? 16 : 11);
    }
    for (const one of posts) write(one, false, 9);
  }

  #cells(painted: Painted, sight: Sight): void {
    const pen = this.#pen;
    const at = (x: number, y: number): [number, number] =>
      [(x - sight.x) * sight.scale + sight.width / 2, (y - sight.y) * sight.scale + sight.height / 2];
    for (const { x, y, text } of painted.cells) {
      const [px, py] = at(x, y);
      if (px < -EDGE || py < -EDGE || px > sight.width + EDGE || py > sight.height + EDGE) continue;
      const label = this.sprites.label(text, false);
      pen.drawImage(label, px - label.width / this.#ratio / 2, py - label.height / this.#ratio / 2, label.width / this.#ratio, label.height / this.#ratio);
    }
    if (!painted.cell) return;
    for (const [ink, wide] of [[this.#inks.ground, 6], [this.#inks.accent, 3]] as const) {
      pen.strokeStyle = ink;
      pen.lineWidth = wide;
      pen.beginPath();
      for (let corner = 0; corner < painted.cell.length; corner += 2) {
        const [px, py] = at(painted.cell[corner] ?? 0, painted.cell[corner + 1] ?? 0);
        if (corner) pen.lineTo(px, py);
        else pen.moveTo(px, py);
      }
      pen.stroke();
    }
  }
}
