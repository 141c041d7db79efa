import { defineConfig } from 'vitest/config'

/** Whole runs of the built command line on real data: minutes, in CI only. */
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 900_000, hookTimeout: 900_000, pool: 'forks', maxWorkers: 1 },
})
