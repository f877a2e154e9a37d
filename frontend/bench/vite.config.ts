import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** `vite build --config bench/vite.config.ts --outDir …`: the canvas under load, as a page of its own. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: { target: 'es2023', emptyOutDir: true },
  worker: { format: 'es' },
})
