import { expect, test } from 'vitest'
import { compile } from '../../program/compile.js'
import { input } from '../../tensor/tensor.js'
import { interruptible } from './interruptible.js'
import { startRunner } from './runner.js'

const target = { device: 'cpu', precision: 'float32' } as const
const doubled = () => compile({ outputs: { y: input('x', [1]).mul(2) } }, target)
const x = Float32Array.of(3)

test('a runner started within ends by the signal, with its reason, and can still be closed', async () => {
  const controller = new AbortController()
  const reason = new Error('interrupted')
  await interruptible(controller.signal, async () => {
    const runner = startRunner({ threads: 1 })
    await runner.load('doubled', doubled())
    expect(await runner.run('doubled', { x })).toEqual({ y: Float32Array.of(6) })
    controller.abort(reason)
    await expect(runner.run('doubled', { x })).rejects.toBe(reason)
    await expect(runner.read()).rejects.toBe(reason)
    await runner.close()
  })
})

test('work that is shielded goes on', async () => {
  const y = await interruptible(AbortSignal.abort(), () =>
    interruptible(undefined, async () => {
      const runner = startRunner({ threads: 1 })
      await runner.load('doubled', doubled())
      const results = await runner.run('doubled', { x })
      await runner.close()
      return results.y
    }),
  )
  expect(y).toEqual(Float32Array.of(6))
})
