import { defineMethod, image, LacunaError, z } from 'lacuna/method'
import { linear } from 'lacuna/nn'
import { averagePool, concat, constant, range, type Tensor, upsampleNearest } from 'lacuna/tensor'
import { randomResizedCrop, toFloat } from 'lacuna/views'

/** The corners of the RGB cube: black, red, yellow, green and so on */
const CORNERS = range(8).map(k => range(3).map(c => (k >> c) & 1))

/** The view: as bright as before and without colour, [N, 3, H, W] → [N, 1, H, W]. */
const grey = (x: Tensor): Tensor => x.mul(constant([0.299, 0.587, 0.114], [3, 1, 1])).sum(1, true)

/** What is hidden: how near each part of a picture is to each corner, [N, 3, H, H] → [N, 8, cells, cells]; the 8 sum to 1. */
function palettesOf(x: Tensor, cells: number): Tensor {
  const nearness = CORNERS.map(corner =>
    corner
      .map((on, c) =>
        x
          .slice(1, c, c + 1)
          .sub(1 - on)
          .abs(),
      )
      .reduce((product, one) => product.mul(one)),
  )
  const side = (x.shape[2] ?? 1) / cells
  return averagePool(concat(nearness, 1), { kernel: side })
}

/** The loss: cross entropy in nats of guessed palettes with the true ones; ln 8 for a guess that knows nothing. */
const crossEntropy = (palettes: Tensor, logits: Tensor): Tensor =>
  palettes.mul(logits.logSoftmax(1)).sum(1).neg().mean()

export const palette = defineMethod({
  name: 'palette',
  reads: { image: image() },
  shown: 'a crop of a picture in grey',
  hidden: 'its colours: how red, yellow, green and so on each part of it is',
  paper: 'none: an example of a method of one’s own',
  training: { optimiser: 'adamw', learningRate: 8e-3, weightDecay: 1e-4, batch: 64 },
  options: z
    .strictObject({ cells: z.int().positive().default(4).describe('parts across and down that have a palette each') })
    .prefault({}),
  build({ makeEncoder, options: { cells }, channels }) {
    const { size, colours } = channels.image
    if (colours !== 3 || size % cells !== 0)
      throw new LacunaError(`palette needs pictures in colour (3 channels), of a size that divides by ${cells}`, 2)
    const encoder = makeEncoder('image', { channels: 1 }) // it sees grey
    const head = linear(encoder.width, 8 * cells * cells)
    const guess = (x: Tensor): Tensor => head(encoder(grey(x))).reshape(-1, 8, cells, cells)
    return {
      kept: { encoder },
      heads: { head },
      training: {
        step({ image }, draw) {
          const x = randomResizedCrop(toFloat(image), draw, size, { area: [0.3, 1], aspect: [3 / 4, 4 / 3], flip: 0.5 })
          return { loss: crossEntropy(palettesOf(x, cells), guess(x)), chance: Math.log(8) }
        },
      },
      // on pictures that training has not seen, beside what needs no learning
      examine({ image }) {
        const x = toFloat(image)
        const palettes = palettesOf(x, cells)
        const mean = palettes.mean([0], true).maximum(1e-6).log()
        return {
          crossEntropy: {
            value: crossEntropy(palettes, guess(x)),
            better: 'lower',
            baselines: { 'mean palette': crossEntropy(palettes, mean) },
          },
        }
      },
      // what `evaluate`, `embed` and `export` give the encoder
      represent: ({ image }, see) => see(grey(toFloat(image))),
      show({ image }) {
        const x = toFloat(image)
        const ink = constant(CORNERS.flat(), [8, 3]).T
        const painted = (palettes: Tensor) => {
          const colours = ink.matmul(palettes.reshape(-1, 8, cells * cells)).reshape(-1, 3, cells, cells)
          return upsampleNearest(colours, size / cells)
        }
        return [
          { title: 'shown', kind: 'image', values: grey(x).expand(...x.shape) },
          { title: 'guessed', kind: 'image', values: painted(guess(x).softmax(1)), guessed: true },
          { title: 'hidden', kind: 'image', values: painted(palettesOf(x, cells)) },
        ]
      },
    }
  },
})
