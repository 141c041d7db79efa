import { expect, test } from 'vitest'
import { assembled, configOf } from '../training/testing.js'
import { factsOf } from './facts.js'

const config = configOf(
  'rotation',
  {},
  { steps: 100_000, batch: 16, data: { source: '/p', records: 64, fingerprint: '' } },
)
const of = (step: number) =>
  Object.fromEntries(
    factsOf({ config, assembly: () => assembled(config) }, step, []).map(({ label, value }) => [label, value]),
  )

test('what products are in', () => {
  expect(of(1)['matrix products']).toBe('fp32')
  const factsIn = factsOf({ config: { ...config, products: 'int8' }, assembly: () => assembled(config) }, 1, [])
  expect(factsIn).toContainEqual({ label: 'matrix products', value: 'int8, where faster' })
})

test('the steps are those of the checkpoint, of all that were planned', () => {
  expect(of(69)).toMatchObject({ steps: '69 of 100,000', batch: '16', epochs: '17.3' })
  expect(of(100_000)).toMatchObject({ steps: '100,000', epochs: '25000.0' })
})
