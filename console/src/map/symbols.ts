// The marks of incidents and units, drawn once as images for the map and as paths for the lists, so that both agree.

/** Priority by form: 1 diamond, 2 square, 3 circle, 4 open circle; paths in a 20 × 20 box. */
export const PRIORITY_PATHS: Record<number, string> = {
  1: 'M10 .6 19.4 10 10 19.4 .6 10Z',
  2: 'M2.5 2.5h15v15h-15Z',
  3: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z',
  4: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z',
};

/** State by form, in a 12 × 12 box: what is filled is committed, what is hollow is free, a cross is out. */
export const STATE_PATHS: Record<string, { rim: string; fill: string }> = {
  available: { rim: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z', fill: '' },
  assigned: { rim: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z', fill: 'M6 1.5a4.5 4.5 0 0 1 0 9Z' },
  en_route: { rim: '', fill: 'M1.5 .5 11.5 6 1.5 11.5Z' },
  at_scene: { rim: 'M1.5 1.5h9v9h-9Z', fill: 'M1.5 1.5h9v9h-9Z' },
  transporting: { rim: '', fill: 'M.5 3.5H6V.5L11.5 6 6 11.5v-3H.5Z' },
  at_destination: { rim: 'M1.5 1.5h9v9h-9Z', fill: 'M3.5 3.5h5v5h-5Z' },
  clearing: { rim: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z', fill: 'M1.5 6a4.5 4.5 0 0 0 9 0Z' },
  out_of_service: { rim: 'M2 2l8 8M10 2l-8 8', fill: '' },
};

export type Mood = 'free' | 'busy' | 'out';
export const mood = (state: string): Mood =>
  state === 'available' ? 'free' : state === 'out_of_service' ? 'out' : 'busy';

const RATIO = 2;

function picture(width: number, height: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser cannot draw');
  pen.scale(RATIO, RATIO);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** An ink of the theme that an element wears: the page's own, or that of a paper that is printed from it. */
export const ink = (name: string, from: Element): string => getComputedStyle(from).getPropertyValue(`--${name}`).trim();
const PAGE = document.documentElement;

function letter(pen: CanvasRenderingContext2D, text: string, x: number, y: number, ink: string, size: number): void {
  pen.font = `650 ${size}px 'Inter Variable', 'Noto Sans SC Variable', sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = ink;
  pen.fillText(text, x, y + size * 0.36);
}

/** An incident's mark: its priority's form with the number, larger than any unit. */
export function incidentImage(priority: number, from: Element = PAGE): ImageData {
  const token = (name: string): string => ink(name, from);
  return picture(28, 28, (pen) => {
    pen.translate(4, 4);
    const path = new Path2D(PRIORITY_PATHS[priority] ?? PRIORITY_PATHS[4]);
    pen.lineJoin = 'round';
    pen.strokeStyle = token('ground');
    pen.lineWidth = 5;
    pen.stroke(path);
    const own = token(`p${priority}`);
    pen.fillStyle = priority < 3 ? own : token('panel');
    pen.fill(path);
    pen.strokeStyle = own;
    pen.lineWidth = 2;
    pen.stroke(path);
    letter(pen, String(priority), 10, 10, priority < 3 ? token(`on-p${priority}`) : own, 12);
  });
}

/** A unit's mark: the letter of its kind on a disc; hollow while free, filled while busy, struck through while out. */
export function unitImage(kind: string, state: Mood, from: Element = PAGE): ImageData {
  const token = (name: string): string => ink(name, from);
  return picture(24, 24, (pen) => {
    pen.translate(2, 2);
    const disc = new Path2D('M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z');
    const own = token(state);
    pen.strokeStyle = token('ground');
    pen.lineWidth = 4;
    pen.stroke(disc);
    pen.fillStyle = state === 'busy' ? own : token('panel');
    pen.fill(disc);
    pen.strokeStyle = own;
    pen.lineWidth = 2;
    pen.stroke(disc);
    letter(pen, kind.slice(0, 2), 10, 10, state === 'busy' ? token('ground') : token('ink'), kind.length > 1 ? 9 : 11);
    if (state === 'out') {
      pen.lineWidth = 1.5;
      pen.stroke(new Path2D('M4 16 16 4'));
    }
  });
}

/** The wedge that stands at the rim of a unit's disc and points the way it heads; turned by the map. */
export function headingImage(state: Mood, from: Element = PAGE): ImageData {
  const token = (name: string): string => ink(name, from);
  return picture(44, 44, (pen) => {
    pen.fillStyle = token(state);
    pen.strokeStyle = token('ground');
    pen.lineWidth = 2;
    const wedge = new Path2D('M22 4.6 27.4 12a11.4 11.4 0 0 0-10.8 0Z');
    pen.stroke(wedge);
    pen.fill(wedge);
  });
}
