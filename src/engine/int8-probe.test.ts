import { expect, test } from 'vitest'
import { host } from '#host'
import type { Runtime } from './host.js'
import { probedInt8 } from './int8-probe.js'

/** The runtime of this process, but for what its products in int8, the first session, have in the end. */
function runtimeWith(change: (y: Float32Array) => void): Runtime {
  let sessions = 0
  const create = async (...args: Parameters<typeof host.ort.InferenceSession.create>) => {
    const session = await host.ort.InferenceSession.create(...args)
    if (++sessions > 1) return session
    const run = async (feeds: never, fetches: never) => {
      try {
        return await session.run(feeds, fetches)
      } finally {
        change((fetches as { readonly y: { readonly data: Float32Array } }).y.data)
      }
    }
    return { outputNames: session.outputNames, release: () => session.release(), run }
  }
  return runtimeThat(create)
}

const runtimeThat = (create: unknown): Runtime => ({
  ...host,
  ort: { Tensor: host.ort.Tensor, InferenceSession: { create } as never },
})

test('the probe says how much faster a product in int8 is, where it is right', async () => {
  const probed = await probedInt8(runtimeWith(() => undefined))
  expect(probed?.gain).toBeGreaterThan(0)
  expect(probed?.exact).toBe((await host.int8('cpu'))?.exact)
})

test('pairs of products that are added up in 16 bits are found out', async () => {
  const saturated = (y: Float32Array) => y.set(y.map(sum => Math.min(sum, 128 * 32767)))
  expect((await probedInt8(runtimeWith(saturated)))?.exact).toBe(false)
})

test('without the operators there are no such products, and nothing fails', async () => {
  const create = () => Promise.reject(new Error('NOT_IMPLEMENTED: DynamicQuantizeLinear'))
  expect(await probedInt8(runtimeThat(create))).toBeUndefined()
  const failing = () => Promise.reject(new Error('bad allocation'))
  await expect(probedInt8(runtimeThat(failing))).rejects.toThrow('out of memory')
})

test('devices without such products are not tried', async () => {
  expect(await host.int8('webgpu')).toBeUndefined()
})
