import { expect, test } from 'vitest'
import { z } from 'zod'
import { image } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { defineMethod, encoderFor, type Learner, methods } from '../methods/index.js'
import { encoderNamed } from '../nn/encoders.js'
import { linear } from '../nn/layers.js'
import type { Tensor } from '../tensor/tensor.js'
import { pictured } from '../training/testing.js'
import { toFloat } from '../views/picture.js'
import { assemble } from './assemble.js'
import { checkAssembly } from './tried.js'

/** A method that is right but for what is changed, tried on pictures of 16 px. */
const tried = (change: (right: Learner) => unknown) => {
  const method = defineMethod({
    ...{ name: 'mine', shown: 'x', hidden: 'z', paper: 'none' },
    training: { optimiser: 'adamw', learningRate: 1e-3, weightDecay: 0, batch: 8 },
    options: z.strictObject({}).prefault({}),
    reads: { image: image() },
    build({ makeEncoder }) {
      const encoder = makeEncoder('image')
      const head = linear(encoder.width, 1)
      const right: Learner = {
        kept: { encoder },
        heads: { head },
        training: {
          step: ({ image }) => ({
            loss: head(encoder(toFloat(image as Tensor)))
              .square()
              .mean(),
            chance: 1,
          }),
        },
        show: ({ image }) => [{ title: 'shown', kind: 'image', values: toFloat(image as Tensor) }],
      }
      return change(right) as never
    },
  })
  const definitions = { method, encoder: encoderNamed('c4-half') }
  return () => checkAssembly(assemble({ options: {}, channels: pictured(16) }, definitions))
}

test('a method that is right passes', () => {
  expect(tried(right => right)).not.toThrow()
})

const step = (given: (right: { loss: Tensor; chance: number }) => unknown) => (right: Learner) => ({
  ...right,
  training: { step: (...of: never) => given((right.training as { step(...of: never): never }).step(...of)) },
})
const shows =
  (values: (x: Tensor) => unknown, kind = 'image') =>
  (right: Learner) => ({
    ...right,
    show: ({ image }: { image: Tensor }) => [{ title: 'shown', kind, values: values(toFloat(image)) }],
  })

test.each<[string, (right: Learner) => unknown, string]>([
  ['nothing built', () => undefined, 'build: { kept: { encoder }, training, show } is expected, got nothing'],
  ['a promise', async right => right, 'build: it is async; what takes time belongs into prepare'],
  ['nothing kept', right => ({ ...right, kept: {} }), 'build: { kept: { encoder }, training, show } is expected'],
  ['a head kept', right => ({ ...right, kept: right.heads }), 'build: kept.head: an encoder is expected'],
  ['a name twice', right => ({ ...right, heads: right.kept }), 'build: encoder is in kept and in heads'],
  ['no training', right => ({ ...right, training: {} }), 'build: training: { step } or compared({ embed, compare })'],
  ['no show', right => ({ ...right, show: undefined }), 'build: show: a function is expected, got nothing'],
  [
    'heads forgotten',
    ({ heads: _, ...right }) => right,
    'training: a variable of [1, 128] is neither in kept nor in heads',
  ],
  ['no loss', step(({ loss: _, ...rest }) => rest), 'training: loss: a tensor of one number is expected, got nothing'],
  [
    'a loss a sample',
    step(({ loss, chance }) => ({ chance, loss: loss.expand(3) })),
    'got one of [3]; take its mean()',
  ],
  [
    'no chance',
    step(({ loss }) => ({ loss })),
    'training: chance: the loss of a network that knows nothing is expected',
  ],
  ['a chance of NaN', step(({ loss }) => ({ loss, chance: Number.NaN })), 'a number, got NaN'],
  ['a step that throws', step(() => ''.at(1)?.length.toFixed() ?? JSON.parse('{')), 'the method mine: training: '],
  [
    'a mean for a vector',
    right => ({ ...right, represent: (_: never, see: never) => see }),
    'represent: a tensor [N, width]',
  ],
  [
    'one column too few',
    shows(x => x.slice(0, 0, 1)),
    'show: shown: image has 4 axes, the first of the 3 samples; got [1,',
  ],
  [
    'another kind',
    shows(x => x, 'smell'),
    'show: shown: kind is one of image, audio, video, text, vector, not "smell"',
  ],
  [
    'four channels',
    shows(x => x.slice(1, 0, 2).expand(3, 2, 16, 16)),
    'show: shown: 1 or 3 channels are expected, got 2',
  ],
])('%s is told before anything is trained', (_, change, says) => {
  expect(tried(change)).toThrow(LacunaError)
  expect(tried(change)).toThrow(says)
})

test('all of ours pass, each with its own encoder', () => {
  const flat = { mean: [0.5, 0.5, 0.5], variance: 0.1 }
  const prepared: Readonly<Record<string, unknown>> = {
    mae: flat,
    'context-encoder': flat,
    hubert: {
      centres: Array(4).fill(Array(39).fill(1)),
      counts: Array(4).fill(1),
      sounds: Array(4).fill(Array(20).fill(0)),
    },
    soundtrack: {
      mean: Array(502).fill(0),
      scale: Array(502).fill(1),
      targets: { of: 'clusters', centres: [Array(502).fill(0), Array(502).fill(1)], counts: [3, 1] },
    },
    'best-rq': { seed: 0, counts: [Array(512).fill(1)] },
    'next-frame': { motion: 0.1, copying: 0.1 },
  }
  const channels = {
    ...pictured(48),
    audio: { kind: 'audio', rate: 16_000, length: 16_000 },
    video: { kind: 'video', size: 48, colours: 3, rate: 10, length: 16 },
    text: { kind: 'text', vocabulary: 600, length: 32 },
  } as const
  for (const method of methods.filter(({ name }) => name !== 'colorization')) {
    const of = encoderFor(method)
    const encoder = typeof of === 'string' ? encoderNamed(of) : of
    const config = { options: {}, prepared: prepared[method.name], channels }
    expect(() => checkAssembly(assemble(config, { method, encoder })), method.name).not.toThrow()
  }
})
