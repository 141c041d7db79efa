import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,bench,scripts}/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
