// Sees to it that the face has every letter of a tile before the map draws it: a large face comes in many parts, on demand.
import { FACE } from './style';

const known = new Set<string>();
const words = new TextDecoder();
const asked = (): string => `400 24px "${FACE[0] ?? 'sans-serif'}"`;

/** True at once where every letter has been loaded; else a promise of it. A part that cannot be had is not waited for twice. */
export function lettered(text: string): true | Promise<true> {
  let missing = '';
  for (const letter of text) {
    if (letter > '~' && !known.has(letter)) {
      known.add(letter);
      missing += letter;
    }
  }
  return missing ? document.fonts.load(asked(), missing).then(() => true as const, () => true as const) : true;
}

/** The letters of a vector tile: its names stand in it as UTF-8; what is not text decodes to a few letters too many. */
export async function letteredTile(bytes: ArrayBuffer | Uint8Array): Promise<void> {
  const text = words.decode(bytes);
  const strange = text.match(/[\u00a1-\u024f\u0370-\u052f\u1e00-\u1eff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/g);
  if (strange) await lettered([...new Set(strange)].join(''));
}
