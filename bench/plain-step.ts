import type { Assembly } from '#lacuna/assembly/assemble.js'
import type { RunConfig } from '#lacuna/assembly/config.js'
import { imageIn } from '#lacuna/channels/bound.js'
import { ntXent } from '#lacuna/losses/ntxent.js'
import { simclr } from '#lacuna/methods/simclr.js'
import { makeEncoder } from '#lacuna/nn/encoders.js'
import { mlp } from '#lacuna/nn/layers.js'
import { module, variablesOf } from '#lacuna/nn/module.js'
import { concat } from '#lacuna/tensor/movement.js'
import type { Tensor } from '#lacuna/tensor/tensor.js'
import { toFloat } from '#lacuna/views/picture.js'

/** SimCLR with its default options but without augmentation: each picture, cast to float, is both views of itself. */
export function assemblePlain({ encoder: name, channels }: RunConfig): Assembly {
  const image = imageIn(channels)
  const encoder = makeEncoder(name, { size: image.size, channels: image.colours })
  const projector = mlp([encoder.width, encoder.width, 128])
  const variables = variablesOf(module({ encoder, projector }, () => undefined))
  return {
    method: simclr,
    channels: { image },
    names: new Map([...variables].map(([name, variable]) => [variable, name])),
    learner: {
      kept: { encoder },
      heads: { projector },
      training: {
        step({ image }) {
          const x = toFloat(image as Tensor)
          const views = concat([x, x])
          const { loss, accuracy } = ntXent(projector(encoder(views)), 0.5)
          const count = views.shape[0] ?? 2
          return { loss, metrics: { accuracy }, chance: Math.log(count - 1), views: count }
        },
      },
      show: () => [],
    },
  }
}
