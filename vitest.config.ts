import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '#host': resolve('src/engine/node/host.ts') } }, // package.json names what is built
  test: {
    include: ['{src,bench,scripts}/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
