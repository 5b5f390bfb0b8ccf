// How the console is built: into the Python package, with nothing inlined, so that a strict Content-Security-Policy holds.
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const house = process.env.TOCSIN_HOUSE ?? 'http://localhost:8110';

// Whoever builds or tests writes the words first (`npm run words`); a server of development does it as they change.
const words = paraglideVitePlugin({ project: './project.inlang', outdir: './src/words', strategy: ['globalVariable', 'baseLocale'], emitTsDeclarations: true });

export default defineConfig(({ command }) => ({
  plugins: [command === 'serve' && !process.env.VITEST ? words : [], svelte()],
  build: {
    outDir: '../src/tocsin/edges/web/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': house, '/city': house } },
  test: { include: ['tests/**/*.test.ts'] },
}));
