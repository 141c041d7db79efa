import { expect, test } from 'vitest'
import { productsSection } from './page-products.js'
import type { ProductsRecord } from './records.js'

test('ratios are taken step by step, of the time in fp32 to that in int8', () => {
  const timed = { title: 'ViT', fp32: [0.4, 0.6, 0.5], int8: [0.2, 0.4, 0.25] }
  const record = {
    threads: 1,
    cases: [
      { ...timed, probed: 2.5 },
      { ...timed, probed: 0 },
    ],
  } as unknown as ProductsRecord
  const rows = productsSection(record).split('\n').slice(-2)
  expect(rows).toEqual(['| ViT | 500 | 250 | 2 (1.5–2) | 2.5 |', '| ViT | 500 | 250 | 2 (1.5–2) | wrong here |'])
})
