import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts', 'e2e/**/*.test.ts'],
    isolate: false,
    testTimeout: 30_000,
  },
});
