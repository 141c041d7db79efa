import { z } from 'zod'
import { audio, image } from '../channels/channel.js'
import { crossEntropy } from '../losses/cross-entropy.js'
import { entropy, rebalancingWeights, weightedMean } from '../losses/soft-cross-entropy.js'
import { linear } from '../nn/layers.js'
import type { Draw } from '../program/trace.js'
import { oneHot } from '../tensor/indexing.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { texture } from '../views/audio/texture/texture.js'
import { randomResizedCrop } from '../views/crop.js'
import { toFloat } from '../views/picture.js'
import { interval } from '../views/view.js'
import { shareOf } from './guessed-codes.js'
import { type Comparison, defineMethod, type Measure, type Sequence, type Shown } from './method.js'
import {
  bitsIn,
  clusterOf,
  comparedTextures,
  fitTargets,
  heardTexture,
  levelOf,
  type TextureTargets,
  textureTargets,
} from './texture-targets.js'

export const soundtrack = defineMethod({
  name: 'soundtrack',
  reads: ({ seconds }) => ({ image: image(), audio: audio({ seconds, with: 'image' }) }),
  shown: 'a picture, or one frame of a film',
  hidden: 'what the sound about it is like, whatever happens when: which of some clusters of sounds it is of',
  paper: 'Owens et al. 2016, Ambient Sound Provides Supervision for Visual Learning',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 1e-2, batch: 64 },
  advice: 'where what is seen is what is heard: films with their own sound, not with music or a voice over them',
  options: z
    .strictObject({
      seconds: z
        .number()
        .positive()
        .default(3.75)
        .describe('of sound about the picture; shorter sounds are taken whole'),
      targets: z
        .enum(['clusters', 'bits'])
        .default('clusters')
        .describe('what is guessed: the cluster of the sound, or above or below the median along its main directions'),
      clusters: z
        .union([z.number().int().min(2), z.literal('auto')])
        .default('auto')
        .describe('k of the k-means, run before the training; auto, 30, or one for 8 sounds where those are few'),
      bits: z.number().int().positive().default(30).describe('main directions'),
      balance: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('0, each sound counts alike; 1, each cluster does, however common it is'),
      silence: z
        .number()
        .default(-55)
        .describe('dB below full scale under which a sound tells nothing, and its picture does not count'),
      crop: interval(z.number().positive().max(1))
        .default([0.5, 1])
        .describe('share of the area that a crop covers, at least and at most'),
      flip: z.number().min(0).max(1).default(0.5).describe('probability of mirroring left and right'),
    })
    .prefault({}),
  prepared: textureTargets,

  async prepare({ channels: { audio }, compute, seed }, options) {
    const heard = await compute(({ audio: sound }) => heardTexture(sound, audio.rate))
    const { found, notes } = fitTargets(heard, { ...options, least: leastOf(options) }, seed)
    return { prepared: found, notes }
  },

  build({ makeEncoder, channels, options, prepared }) {
    const encoder = makeEncoder('image')
    const guessed = targetsOf(prepared, options.balance)
    const head = linear(encoder.width, guessed.width)
    const soundOf = (sound: Sequence) => {
      const heard = texture(sound.values, sound.lengths, channels.audio.rate)
      const loud = levelOf(sound).less(leastOf(options)).not().cast('float')
      return { compared: comparedTextures(heard, prepared).stopGradient(), loud }
    }
    const seen = (picture: Tensor, draw: Draw) =>
      randomResizedCrop(toFloat(picture), draw, channels.image.size, {
        area: options.crop,
        aspect: [3 / 4, 4 / 3],
        flip: options.flip,
      })
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step({ image, audio }, draw) {
          const { compared, loud } = soundOf(audio)
          return guessed.compare(head(encoder(seen(image, draw))), compared, loud)
        },
      },
      examine({ image, audio }) {
        const { compared, loud } = soundOf(audio)
        return guessed.examine(head(encoder(toFloat(image))), compared, loud)
      },
      show({ image, audio }) {
        const picture = toFloat(image)
        return [
          { title: 'shown', kind: 'image', values: picture },
          { title: 'hidden: its sound', kind: 'audio', values: audio.values },
          ...guessed.show(head(encoder(picture)), soundOf(audio).compared),
        ]
      },
    }
  },
})

const leastOf = ({ silence }: { readonly silence: number }): number => 10 ** (silence / 20)

/** How what is told of sounds is guessed. Of each: logits [N, width], textures as they are compared, and 0 where there is silence. */
interface Guessed {
  readonly width: number
  compare(logits: Tensor, compared: Tensor, loud: Tensor): Comparison
  examine(logits: Tensor, compared: Tensor, loud: Tensor): Readonly<Record<string, Measure>>
  show(logits: Tensor, compared: Tensor): readonly Shown[]
}

const targetsOf = ({ targets }: TextureTargets, balance: number): Guessed =>
  targets.of === 'clusters' ? clustersGuessed(targets, balance) : bitsGuessed(targets)

type Clusters = Extract<TextureTargets['targets'], { of: 'clusters' }>
type Bits = Extract<TextureTargets['targets'], { of: 'bits' }>

function clustersGuessed({ centres, counts }: Clusters, balance: number): Guessed {
  const prior = shareOf(counts)
  const weights = rebalancingWeights(prior, 1 - balance)
  const commonest = prior.indexOf(Math.max(...prior))
  const truthOf = (compared: Tensor) => clusterOf(compared, centres)
  return {
    width: centres.length,
    compare(logits, compared, loud) {
      const truth = truthOf(compared)
      const weight = constant(weights).gather(truth).mul(loud)
      const { loss } = crossEntropy(logits, truth, weight)
      const { accuracy } = crossEntropy(logits, truth, loud)
      const chance = entropy(prior.map((p, k) => p * (weights[k] ?? 1)))
      return { loss, metrics: { accuracy }, chance, weight: weight.sum() }
    },
    examine(logits, compared, loud) {
      const truth = truthOf(compared)
      const { loss, accuracy } = crossEntropy(logits, truth, loud)
      const always = truth.equal(constant(commonest, [1], 'int')).cast('float')
      const unigram = constant(prior.map(p => -Math.log(p))).gather(truth)
      return {
        accuracy: {
          value: accuracy,
          better: 'higher',
          baselines: { chance: 1 / centres.length, 'the commonest cluster': weightedMean(always, loud) },
        },
        'cross entropy': {
          value: loss,
          better: 'lower',
          baselines: { 'how common each cluster is': weightedMean(unigram, loud) },
        },
      }
    },
    show: (logits, compared) => [
      {
        title: 'guessed: how likely each cluster of sounds is',
        kind: 'vector',
        values: logits.softmax(-1),
        guessed: true,
      },
      { title: 'the cluster it is of', kind: 'vector', values: oneHot(truthOf(compared), centres.length) },
    ],
  }
}

function bitsGuessed(targets: Bits): Guessed {
  const width = targets.directions.length
  const told = (logits: Tensor, compared: Tensor, loud: Tensor) => {
    const bits = bitsIn(compared, targets)
    const each = logits.softplus().sub(logits.mul(bits)).sum(1) // −Σ b ln σ + (1 − b) ln(1 − σ)
    const right = logits.greater(0).cast('float').sub(bits).abs().mean(1).neg().add(1)
    return { loss: weightedMean(each, loud), accuracy: weightedMean(right, loud) }
  }
  const nothing = width * Math.LN2
  return {
    width,
    compare(logits, compared, loud) {
      const { loss, accuracy } = told(logits, compared, loud)
      return { loss, metrics: { accuracy }, chance: nothing, weight: loud.sum() }
    },
    examine(logits, compared, loud) {
      const { loss, accuracy } = told(logits, compared, loud)
      return {
        accuracy: { value: accuracy, better: 'higher', baselines: { chance: 0.5 } },
        'cross entropy': { value: loss, better: 'lower', baselines: { chance: nothing } },
      }
    },
    show: (logits, compared) => [
      { title: 'guessed: how likely each bit is', kind: 'vector', values: logits.sigmoid(), guessed: true },
      { title: 'the bits', kind: 'vector', values: bitsIn(compared, targets) },
    ],
  }
}
