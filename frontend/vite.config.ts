import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds a running snapgraph. */
const SERVER = process.env['SNAPGRAPH_URL'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: './', // works under any prefix
  plugins: [svelte()],
  build: {
    outDir: '../snapgraph/web/page',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the CSP takes no data: script, and one rule is simpler than two
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: SERVER, ws: true }, '/version': SERVER } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
