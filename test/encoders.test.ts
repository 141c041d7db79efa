import { expect, test } from 'vitest'
import { encoderNames } from '../src/nn/encoders.js'
import { lacuna } from './lacuna.js'

test('every encoder that is built in stands in the list with the kind of data it takes', async () => {
  const { code, out, err } = await lacuna('encoders', '--json')
  expect(code, err).toBe(0)
  const listed = JSON.parse(out) as { name: string; reads: string; parameters: number }[]
  expect(listed.map(({ name, reads }) => [name, reads])).toEqual(encoderNames.map(e => [e.example, e.reads]))
  for (const { name, parameters } of listed) expect(parameters, name).toBeGreaterThan(1000)
})

test('one of them says what its layers are', async () => {
  const { out } = await lacuna('encoders', 'cpc-small')
  expect(out).toContain('of recordings')
  expect(out).toContain('latents, context')
})
