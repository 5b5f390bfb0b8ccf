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
  lent: { rim: 'M8.5 6.5v4h-7v-7h4M5 7l6-6M7 1h4v4', fill: '' },
};

export type Mood = 'free' | 'busy' | 'out';
export const mood = (state: string): Mood =>
  state === 'available' ? 'free' : state === 'out_of_service' || state === 'lent' ? 'out' : 'busy';

/** A theme's inks by the names of its tokens. */
export type Inks = (name: string) => string;
/** The inks of the theme that an element wears: the page's own, or that of a paper that is printed from it. */
export function inksOf(from: Element): Inks {
  const worn = getComputedStyle(from);
  return (name) => worn.getPropertyValue(`--${name}`).trim();
}
type Pen = CanvasRenderingContext2D;

function letter(pen: Pen, text: string, x: number, y: number, ink: string, size: number): void {
  pen.font = `650 ${size}px 'Inter Variable', 'Noto Sans SC Variable', sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = ink;
  pen.fillText(text, x, y + size * 0.36);
}

/** An incident's mark in a 28 × 28 box: its priority's form with the number, larger than any unit. */
export function incidentMark(pen: Pen, token: Inks, priority: number): void {
  pen.translate(4, 4);
  const path = new Path2D(PRIORITY_PATHS[priority] ?? PRIORITY_PATHS[4]);
  pen.lineJoin = 'round';
  pen.strokeStyle = token('ground');
  pen.lineWidth = 5;
  pen.stroke(path);
  const ink = token(`p${priority}`);
  pen.fillStyle = priority < 3 ? ink : token('panel');
  pen.fill(path);
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.stroke(path);
  letter(pen, String(priority), 10, 10, priority < 3 ? token(`on-p${priority}`) : ink, 12);
}

/** A unit's mark in a 24 × 24 box: the letter of its kind on a disc; hollow while free, filled while busy, struck through while out. */
export function unitMark(pen: Pen, token: Inks, kind: string, state: Mood): void {
  pen.translate(2, 2);
  const disc = new Path2D('M10 1.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z');
  const ink = token(state);
  pen.strokeStyle = token('ground');
  pen.lineWidth = 4;
  pen.stroke(disc);
  pen.fillStyle = state === 'busy' ? ink : token('panel');
  pen.fill(disc);
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.stroke(disc);
  letter(pen, kind.slice(0, 2), 10, 10, state === 'busy' ? token('ground') : token('ink'), kind.length > 1 ? 9 : 11);
  if (state === 'out') {
    pen.lineWidth = 1.5;
    pen.stroke(new Path2D('M4 16 16 4'));
  }
}

/** The wedge in a 44 × 44 box that stands at the rim of a unit's disc and points the way it heads (degrees from north). */
export function headingMark(pen: Pen, token: Inks, state: Mood, degrees: number): void {
  pen.translate(22, 22);
  pen.rotate((degrees * Math.PI) / 180);
  pen.translate(-22, -22);
  pen.fillStyle = token(state);
  pen.strokeStyle = token('ground');
  pen.lineWidth = 2;
  const wedge = new Path2D('M22 4.6 27.4 12a11.4 11.4 0 0 0-10.8 0Z');
  pen.stroke(wedge);
  pen.fill(wedge);
}

/** A unit among very many, in a 16 × 16 box: its state's disc without a letter, with a tip the way it heads (-1: it stands). */
export function dotMark(pen: Pen, token: Inks, state: Mood, degrees: number): void {
  pen.translate(8, 8);
  const ink = token(state);
  if (degrees >= 0) {
    pen.rotate((degrees * Math.PI) / 180);
    pen.fillStyle = ink;
    pen.fill(new Path2D('M0-7.5 3.2-3h-6.4Z'));
  }
  const disc = new Path2D('M0-3.6a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2Z');
  pen.strokeStyle = token('ground');
  pen.lineWidth = 3;
  pen.stroke(disc);
  pen.fillStyle = state === 'busy' ? ink : token('panel');
  pen.fill(disc);
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  pen.stroke(disc);
  if (state === 'out') pen.stroke(new Path2D('M-3 3 3-3'));
}

/** What there is to use, by form in a 16 × 16 box; `line` is stroked, `solid` filled. */
export const ASSET_PATHS: Record<string, { line: string; solid: string }> = {
  hospital: { line: 'M2 2h12v12H2Z', solid: 'M6.5 4h3v2.5H12v3H9.5V12h-3V9.5H4v-3h2.5Z' },
  fire_station: { line: 'M2 7 8 2l6 5v7H2Z', solid: 'M8 6c2.5 2.4 2.5 6 0 6s-2.5-3.6 0-6Z' },
  police: { line: 'M2 7 8 2l6 5v7H2Z', solid: 'M8 6l1 2h2.2l-1.7 1.5.6 2.5L8 10.6 5.9 12l.6-2.5L4.8 8H7Z' },
  ambulance_station: { line: 'M2 7 8 2l6 5v7H2Z', solid: 'M7.2 7h1.6v1.7h1.7v1.6H8.8V12H7.2v-1.7H5.5V8.7h1.7Z' },
  hydrant: { line: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z', solid: 'M8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z' },
  defibrillator: { line: 'M8 13.5 2.5 8a3.2 3.2 0 0 1 5.5-3.3A3.2 3.2 0 0 1 13.5 8Z', solid: 'M8.6 5.5 6.5 8.7h1.2L7.2 11l2.3-3.2H8.2Z' },
  shelter: { line: 'M1.5 8 8 2.5 14.5 8M4 7v6.5M12 7v6.5', solid: 'M6.8 9.5a1.2 1.2 0 1 1 2.4 0 1.2 1.2 0 0 1-2.4 0Z' },
  assembly_point: { line: 'M2 2h12v12H2Z', solid: 'M4 4h3v3H4ZM9 4h3v3H9ZM4 9h3v3H4ZM9 9h3v3H9Z' },
};

/** An asset's mark in a 20 × 20 box. */
export function assetMark(pen: Pen, token: Inks, kind: string): void {
  const paths = ASSET_PATHS[kind] ?? { line: 'M3 3h10v10H3Z', solid: '' };
  pen.translate(2, 2);
  pen.lineJoin = 'round';
  const rim = new Path2D(paths.line);
  pen.strokeStyle = token('ground');
  pen.lineWidth = 4;
  pen.stroke(rim);
  pen.fillStyle = token('panel');
  if (paths.line.endsWith('Z')) pen.fill(rim);
  pen.strokeStyle = pen.fillStyle = token('ink-2');
  pen.lineWidth = 1.4;
  pen.stroke(rim);
  pen.fill(new Path2D(paths.solid));
}

/** A post where units may wait, in a 16 × 16 box: a small flag whose foot stands on the place. */
export const POST_PATH = 'M8 15V5h6l-1.8 2.3L14 9.6H8';

/** A post's mark in a 28 × 28 box, its foot in the middle: quieter than any unit, told from assets by its form. */
export function postMark(pen: Pen, token: Inks): void {
  pen.translate(6, -1);
  const flag = new Path2D(POST_PATH);
  pen.lineJoin = 'round';
  pen.lineCap = 'round';
  pen.strokeStyle = token('ground');
  pen.lineWidth = 4.5;
  pen.stroke(flag);
  pen.fillStyle = token('panel');
  pen.fill(new Path2D('M8 5h6l-1.8 2.3L14 9.6H8Z'));
  pen.strokeStyle = token('ink-2');
  pen.lineWidth = 1.5;
  pen.stroke(flag);
}
