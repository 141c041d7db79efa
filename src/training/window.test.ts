import { expect, test } from 'vitest'
import { z } from 'zod'
import { audio } from '../channels/channel.js'
import { methodNamed } from '../methods/index.js'
import { defineMethod } from '../methods/method.js'
import { overlaid } from '../runs/settings.js'
import type { TrainingSettings } from '../settings/types.js'
import { withWindow } from './window.js'

const heard = defineMethod({
  ...{ name: 'heard', shown: 'sound', hidden: 'nothing', paper: 'none' },
  training: { optimiser: 'adamw', learningRate: 1, weightDecay: 0, batch: 2 },
  options: z.strictObject({ seconds: z.number().default(2), steps: z.number().default(1) }).prefault({}),
  reads: ({ seconds }) => ({ audio: audio({ seconds }) }),
  build: () => {
    throw new Error('nobody builds it')
  },
})

test('--seconds is an option of the method', () => {
  expect(withWindow<TrainingSettings>(heard, { options: { steps: 3 }, seconds: 4, seed: 1 })).toEqual({
    options: { steps: 3, seconds: 4 },
    seed: 1,
  })
  expect(withWindow<TrainingSettings>(heard, { seed: 1 })).toEqual({ seed: 1 })
  expect(withWindow(heard, { seconds: 4, options: { seconds: 4 } })).toEqual({ options: { seconds: 4 } })
})

test('it is refused where the method has no windows, and where it is said twice in different ways', () => {
  expect(() => withWindow(methodNamed('simclr'), { seconds: 4 })).toThrow('simclr has none; leave --seconds away')
  expect(() => withWindow(heard, { seconds: 4, options: { seconds: 3 } })).toThrow(
    '--seconds 4 and --set seconds=3 say different things',
  )
})

test('beside a file with settings it has the last word', () => {
  const file = { method: 'heard', open: {}, train: { options: { seconds: 3, steps: 7 } } }
  const { train } = overlaid(file, { open: {}, train: { seconds: 4 } })
  expect(withWindow(heard, train)).toEqual({ options: { seconds: 4, steps: 7 } })
})
