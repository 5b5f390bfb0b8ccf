// The inks of both themes stay apart for the three common kinds of colour blindness, and stay legible on their grounds.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Rgb = [number, number, number];
const css = readFileSync(new URL('../src/design/tokens.css', import.meta.url), 'utf8');
const theme = (name: string): Record<string, Rgb> => {
  const block = css.slice(css.indexOf(`[data-theme='${name}']`)).split('}')[0] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+): #([0-9a-f]{6})/g)].map(([, token, hex]) =>
    [token, [0, 2, 4].map((at) => parseInt(hex?.slice(at, at + 2) ?? '', 16) / 255)]));
};

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const times = (matrix: number[][], [r, g, b]: Rgb): Rgb =>
  matrix.map(([x = 0, y = 0, z = 0]) => Math.min(1, Math.max(0, x * r + y * g + z * b))) as Rgb;

// Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
const EYES: Record<string, number[][]> = {
  'full colour': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** OKLab (Ottosson 2020) of linear RGB: a distance of 0.02 is just seen, 0.08 is told apart at a glance. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}
const seen = (eye: number[][], ink: Rgb): Rgb => oklab(times(eye, ink.map(linear) as Rgb));
const apart = (eye: number[][], a: Rgb, b: Rgb): number => Math.hypot(...seen(eye, a).map((v, at) => v - (seen(eye, b)[at] ?? 0)));
const light = (ink: Rgb): number => ink.map(linear).reduce((sum, v, at) => sum + v * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
const contrast = (a: Rgb, b: Rgb): number => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

const TOLD_APART = 0.08;
const PAIRS = [['p1', 'p2'], ['p1', 'p3'], ['p2', 'p3'], ['free', 'busy'], ['busy', 'out'], ['free', 'act'], ['warn', 'act'], ['accent', 'warn']] as const;
const WRITTEN = [['ink', 'panel'], ['ink-2', 'panel'], ['ink-3', 'panel'], ['act', 'panel'], ['warn', 'panel'], ['ink', 'accent-ground'],
  ['ink-2', 'accent-ground'], ['ink-2', 'over'], ['ink-2', 'raised'], ['on-accent', 'accent'], ['on-p1', 'p1'], ['on-p2', 'p2'], ['on-band', 'band']] as const;
const MARKS = [['p1', 'panel'], ['p3', 'panel'], ['p4', 'panel'], ['free', 'panel'], ['busy', 'panel'], ['out', 'panel'], ['accent', 'panel']] as const;

describe.each(['dark', 'light'])('%s', (name) => {
  const inks = theme(name);
  const ink = (token: string): Rgb => inks[token] ?? expect.fail(`no token ${token}`);
  test.each(Object.keys(EYES))('%s: states and priorities are told apart', (eye) => {
    const close = PAIRS.map(([a, b]) => [a, b, apart(EYES[eye] ?? [], ink(a), ink(b)).toFixed(3)]).filter(([, , gap]) => Number(gap) < TOLD_APART);
    expect(close).toEqual([]);
  });
  test.each(Object.keys(EYES))('%s: the steps of cover grow one way, each told from the next', (eye) => {
    const steps = Array.from({ length: 7 }, (_, step) => seen(EYES[eye] ?? [], ink(`cover-${step}`)));
    const gaps = steps.slice(1).map((next, at) => (next[0] - (steps[at]?.[0] ?? 0)) * (name === 'dark' ? 1 : -1));
    expect(gaps.filter((gap) => gap < 0.06)).toEqual([]);
    expect(contrast(ink('ink'), ink('cover-0'))).toBeGreaterThan(4.5);
  });
  test.each(Object.keys(EYES))('%s: every step of change is told from every other', (eye) => {
    const steps = [0, 1, 2, 3, 4].map((step) => ink(`change-${step}`));
    const close = steps.flatMap((one, at) => steps.slice(at + 1).map((other) => apart(EYES[eye] ?? [], one, other))).filter((gap) => gap < TOLD_APART);
    expect(close).toEqual([]);
  });
  test('what is written reaches 4.5, a mark 3', () => {
    expect(WRITTEN.map(([a, b]) => [a, b, contrast(ink(a), ink(b)).toFixed(2)]).filter(([, , ratio]) => Number(ratio) < 4.5)).toEqual([]);
    expect(MARKS.map(([a, b]) => [a, b, contrast(ink(a), ink(b)).toFixed(2)]).filter(([, , ratio]) => Number(ratio) < 3)).toEqual([]);
  });
});
