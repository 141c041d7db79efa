import { z } from 'zod'
import { image } from '../channels/channel.js'
import { crossEntropy } from '../losses/cross-entropy.js'
import { linear } from '../nn/layers.js'
import { concat } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'
import { randomResizedCrop } from '../views/crop.js'
import { toFloat } from '../views/picture.js'
import { turn, turnEach } from '../views/turn.js'
import { interval } from '../views/view.js'
import { defineMethod } from './method.js'

const TURNS = 4

export const rotation = defineMethod({
  name: 'rotation',
  reads: { image: image() },
  shown: 'a picture turned by 0°, 90°, 180° or 270°',
  hidden: 'by how much it was turned',
  paper: 'Gidaris et al. 2018, Unsupervised Representation Learning by Predicting Image Rotations',
  training: { optimiser: 'adamw', learningRate: 4e-3, weightDecay: 1e-4, batch: 64 },
  options: z
    .strictObject({
      crop: interval(z.number().positive().max(1))
        .default([0.4, 1])
        .describe('share of the area that a crop covers, at least and at most; cut before the turn'),
      flip: z.number().min(0).max(1).default(0.5).describe('probability of mirroring left and right, before the turn'),
    })
    .prefault({}),
  build({ makeEncoder, options, channels }) {
    const { size } = channels.image
    const encoder = makeEncoder('image')
    const classifier = linear(encoder.width, TURNS)
    /** Every picture in all four turns, scored: [N, C, H, H] → 4 N guesses */
    const guess = (upright: Tensor) => {
      const pictures = concat(range(TURNS).map(quarters => turn(upright, quarters)))
      return crossEntropy(classifier(encoder(pictures)), turnsOf(upright.size(0)))
    }
    return {
      kept: { encoder },
      heads: { classifier },
      training: {
        step({ image }, draw) {
          const { crop, flip } = options
          const upright = randomResizedCrop(toFloat(image), draw, size, {
            area: crop,
            aspect: [3 / 4, 4 / 3],
            flip,
          })
          const { loss, accuracy } = guess(upright)
          return { loss, metrics: { accuracy }, chance: Math.log(TURNS), views: TURNS * image.size(0) }
        },
      },
      examine({ image }) {
        const { loss, accuracy } = guess(toFloat(image))
        return {
          accuracy: { value: accuracy, better: 'higher', baselines: { chance: 1 / TURNS }, boundOnNoise: 'chance' },
          loss: { value: loss, better: 'lower', baselines: { chance: Math.log(TURNS) } },
        }
      },
      show({ image }, draw) {
        const upright = toFloat(image)
        const shown = turnEach(upright, draw.integer([upright.size(0)], TURNS))
        const guessed = classifier(encoder(shown)).argmax(-1)
        const back = guessed.neg().add(TURNS) // 0 becomes 4: no turn at all
        return [
          { title: 'shown', kind: 'image', values: shown },
          { title: 'turned back as guessed', kind: 'image', values: turnEach(shown, back), guessed: true },
          { title: 'the right way up', kind: 'image', values: upright },
        ]
      },
    }
  },
})

/** Which quarter each row is turned by: N times 0, N times 1, … */
const turnsOf = (n: number): Tensor =>
  constant(
    range(TURNS * n).map(i => Math.floor(i / n)),
    [TURNS * n],
    'int',
  )
