// Writes the phone's service worker at the end of a build: with the names of all that its page is made of, so that it changes when they do.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const OWN = ['/field', '/field.webmanifest', '/field-192.png', '/field-512.png', '/assets/tocsin.svg'];
const PAGE = 'field.html';
/** Of the hundreds of pieces of the typefaces these are on the phone from the start; the others come with the first text that needs them. */
const FIRST_FACES = /inter-latin-wght-normal/;

export function fieldWorker(): Plugin {
  return {
    name: 'field-worker', apply: 'build', enforce: 'post',
    generateBundle(_, bundle) {
      const found = new Set<string>();
      const follow = (file: string): void => {
        const chunk = bundle[file];
        if (found.has(file) || chunk?.type !== 'chunk') return;
        found.add(file);
        for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
        for (const asset of chunk.viteMetadata?.importedAssets ?? []) if (!asset.endsWith('.woff2') || FIRST_FACES.test(asset)) found.add(asset);
        [...chunk.imports, ...chunk.dynamicImports].forEach(follow);
      };
      const entry = Object.values(bundle).find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.facadeModuleId?.endsWith(PAGE));
      if (!entry) this.error(`there is no ${PAGE} among what was built`);
      follow(entry.fileName);
      for (const file of Object.keys(bundle)) if (FIRST_FACES.test(file) || file.includes('maplibre-gl-worker')) found.add(file);
      const files = [...OWN, ...[...found].sort().map((file) => `/${file}`)];
      const digest = createHash('sha256').update(files.join()).update(readFileSync(PAGE));
      for (const file of OWN.slice(1)) digest.update(readFileSync(`public${file}`));
      const worker = readFileSync('src/field/worker.js', 'utf8').replace('__VERSION__', digest.digest('hex').slice(0, 12)).replace('__FILES__', JSON.stringify(files));
      this.emitFile({ type: 'asset', fileName: 'field-sw.js', source: worker });
    },
  };
}
