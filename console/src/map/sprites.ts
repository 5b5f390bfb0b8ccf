// Every mark drawn once, at the screen's own pixels, on one sheet; drawing a mark is then one copy.
import { ASSET_PATHS, assetMark, dotMark, headingMark, incidentMark, postMark, unitMark, type Inks, type Mood } from './symbols';

/** A mark on the sheet: where it lies and its half sizes, in device pixels. */
export interface Sprite { x: number; y: number; width: number; height: number }
const MOODS: Mood[] = ['free', 'busy', 'out'];
export const TURNS = 24;
const SHEET = 1024;
const HIGH = 18;
const HALO = 3;
/** All of it stays in plain memory: thousands of small copies from a canvas on the graphics side are slow where that is only imitated. */
export function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D | null;
  if (!pen) throw new Error('this browser cannot draw');
  return pen;
}

/** The sprite's name for a heading: one of 24 directions. */
export const turned = (degrees: number): number => Math.round((((degrees % 360) + 360) % 360) / (360 / TURNS)) % TURNS;

export class Sprites {
  readonly sheet = document.createElement('canvas');
  readonly #at = new Map<string, Sprite>();
  #labels = new Map<string, HTMLCanvasElement>();
  #inks = { ink: '', ground: '' };
  #letters: string[];
  #ratio = 1;

  constructor(letters: string[]) {
    this.#letters = letters;
  }

  /** Draws the whole sheet in these inks. */
  draw(ratio: number, token: Inks): void {
    this.#ratio = ratio;
    this.#at.clear();
    this.#labels.clear();
    this.#inks = { ink: token('ink'), ground: token('ground') };
    const marks: [string, number, (pen: CanvasRenderingContext2D) => void][] = [
      ...[1, 2, 3, 4].map((priority): [string, number, (pen: CanvasRenderingContext2D) => void] => [`incident ${priority}`, 28, (pen) => incidentMark(pen, token, priority)]),
      ...this.#letters.flatMap((letter) => MOODS.map((mood): [string, number, (pen: CanvasRenderingContext2D) => void] =>
        [`unit ${letter}-${mood}`, 24, (pen) => unitMark(pen, token, letter, mood)])),
      ...Object.keys(ASSET_PATHS).map((kind): [string, number, (pen: CanvasRenderingContext2D) => void] => [`asset ${kind}`, 20, (pen) => assetMark(pen, token, kind)]),
    ];
    marks.push(['post', 28, (pen) => postMark(pen, token)]);
    for (const mood of MOODS) {
      marks.push([`dot ${mood}`, 16, (pen) => dotMark(pen, token, mood, -1)]);
      for (let turn = 0; turn < TURNS; turn += 1) {
        marks.push([`dot ${mood} ${turn}`, 16, (pen) => dotMark(pen, token, mood, (turn * 360) / TURNS)]);
        marks.push([`heading ${mood} ${turn}`, 44, (pen) => headingMark(pen, token, mood, (turn * 360) / TURNS)]);
      }
    }
    this.#lay(marks, ratio);
  }

  get = (name: string): Sprite | undefined => this.#at.get(name);

  /** A name with its halo, drawn once and kept; the face may come later, then `forget` and draw again. */
  label(text: string, strong: boolean): HTMLCanvasElement {
    const name = strong ? `!${text}` : text;
    let found = this.#labels.get(name);
    if (found) return found;
    if (this.#labels.size > 2000) this.#labels.clear();
    found = document.createElement('canvas');
    const pen = penOf(found);
    const face = `${strong ? 620 : 500} ${strong ? 13 : 12}px 'Inter Variable', 'Noto Sans SC Variable', sans-serif`;
    pen.font = face;
    found.width = Math.ceil((pen.measureText(text).width + 2 * HALO) * this.#ratio);
    found.height = Math.ceil(HIGH * this.#ratio);
    pen.scale(this.#ratio, this.#ratio);
    pen.font = face;
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.strokeStyle = this.#inks.ground;
    pen.lineWidth = 3.5;
    pen.strokeText(text, HALO, HIGH / 2);
    pen.fillStyle = this.#inks.ink;
    pen.fillText(text, HALO, HIGH / 2);
    this.#labels.set(name, found);
    return found;
  }

  forget(): void {
    this.#labels.clear();
  }

  #lay(marks: [string, number, (pen: CanvasRenderingContext2D) => void][], ratio: number): void {
    this.sheet.width = Math.ceil(SHEET * ratio);
    let [x, y, high] = [0, 0, 0];
    const laid = marks.sort((a, b) => b[1] - a[1]).map(([name, size, draw]) => {
      const side = Math.ceil(size * ratio);
      if (x + side > this.sheet.width) [x, y, high] = [0, y + high, 0];
      const at: Sprite = { x, y, width: side, height: side };
      x += side;
      high = Math.max(high, side);
      return { name, draw, at };
    });
    this.sheet.height = y + high;
    const pen = penOf(this.sheet);
    for (const { name, draw, at } of laid) {
      pen.setTransform(ratio, 0, 0, ratio, at.x, at.y);
      draw(pen);
      this.#at.set(name, at);
    }
  }
}
