import { defineConfig } from 'vitest/config'

/** Whole runs of the built command line on real data: minutes, in CI only. Two at once: much of them is single-threaded starts and reports. */
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 900_000, hookTimeout: 900_000, pool: 'forks', maxWorkers: 2 },
})
