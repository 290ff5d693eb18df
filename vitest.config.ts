/**
 * How tests run: unit tests share their processes and stay pure; those of the store have a process for each file, as the embedded engine hangs when
 * it is opened more than about ten times in one; integration tests get a process each and time.
 */

import { defineConfig } from 'vitest/config';

const STORE = ['packages/store/src/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'testing/**/*.test.ts'],
          exclude: STORE,
          // Processes, not threads: the embedded engine brings its process down when the thread that loaded it ends.
          pool: 'forks',
          isolate: false,
          maxWorkers: 2,
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'store',
          sequence: { groupOrder: 0 },
          include: STORE,
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 10_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: ['packages/*/test/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
