// How the console is built: into the Python package, with nothing inlined, so that a strict Content-Security-Policy holds.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { fieldWorker } from './field-worker.ts';

const house = process.env.TOCSIN_HOUSE ?? 'http://localhost:8110';

export default defineConfig({
  plugins: [svelte(), fieldWorker()],
  build: {
    outDir: '../src/tocsin/edges/web/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: 'index.html', field: 'field.html' }, checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': house, '/city': house } },
  test: { include: ['tests/**/*.test.ts'] },
});
