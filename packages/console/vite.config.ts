/** How the page is built: hashed files in `dist/`, no inline scripts, so that it runs under a strict content security policy. */

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2023',
    // The policy allows data: for images only; fonts and scripts stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    manifest: true,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/loki', '/tempo', '/health', '/-'].map((path) => [path, process.env['ATALAYA_API'] ?? 'http://127.0.0.1:3002']),
    ),
  },
});
