import { z } from 'zod'
import { type ChannelOf, image, text } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { cosine } from '../losses/ntxent.js'
import type { Pairs, PairsResult } from '../losses/pairs.js'
import type { Encoder } from '../nn/encoder.js'
import { encoderNamed } from '../nn/encoders.js'
import { constantly, normal } from '../nn/initial.js'
import { linear } from '../nn/layers.js'
import type { AnyModule } from '../nn/module.js'
import { asCopies, asEvaluated, type Draw, variable } from '../program/trace.js'
import type { Tensor } from '../tensor/tensor.js'
import { toFloat } from '../views/picture.js'
import { interval, randomCrop } from '../views/view.js'
import { type BuildContext, compared, type Learner, type Sequence } from './method.js'

/** What methods of pictures and their captions are told. */
export const imageTextOptions = {
  text: z
    .string()
    .default('text-small')
    .describe('architecture of the text encoder: text-small, text-medium, text-base, …'),
  image: z
    .enum(['trained', 'frozen'])
    .default('trained')
    .describe('frozen: the encoder of pictures stays as --weights gives it, and texts learn to fit it'),
  projection: z.number().int().positive().default(128).describe('numbers in which pictures and texts are compared'),
  tokens: z
    .number()
    .int()
    .min(4)
    .default(32)
    .describe('tokens of a caption that are read, its start and end among them'),
  vocabulary: z
    .number()
    .int()
    .min(300)
    .default(4096)
    .describe('tokens that there are at most, where they are learnt from the captions'),
  crop: interval(z.number().positive().max(1))
    .default([0.6, 1])
    .describe('share of the area of a picture that is seen, in a random square'),
}
export type ImageTextOptions = z.output<ReturnType<typeof z.strictObject<typeof imageTextOptions>>>

export const readsImageText = ({ tokens, vocabulary }: Pick<ImageTextOptions, 'tokens' | 'vocabulary'>) => ({
  image: image(),
  text: text({ tokens, vocabulary }),
})
type ImageText = ReturnType<typeof readsImageText>

/** How the two sides are compared, and by which variables. */
export interface Comparing {
  readonly scale: AnyModule
  readonly loss: (pairs: Pairs) => PairsResult
  /** The loss of N pairs without any knowledge */
  readonly chance: (pairs: number) => number
  /** @param right share of best matches that are right, of both directions */
  readonly metrics: (right: Tensor) => Readonly<Record<string, Tensor>>
}

/**
 * Two encoders, kept, and a linear map of each into a space in which a picture is near its captions. Captions that are equal belong
 * to all of their pictures. The only augmentation is a random square crop: what is left and right is said in captions.
 */
export function imageTextLearner(
  { makeEncoder, channels, options }: BuildContext<ImageText, ImageTextOptions, unknown>,
  { scale, loss, chance, metrics }: Comparing,
): Learner<ImageText> {
  const { size } = channels.image
  const frozen = options.image === 'frozen'
  const visual = frozen ? asCopies(new Map(), () => makeEncoder('image')) : makeEncoder('image')
  const textual = textEncoder(options.text, channels.text)
  const visual_projection = projection(visual, options.projection)
  const text_projection = projection(textual, options.projection)
  const seen = (x: Tensor) => visual_projection(frozen ? asEvaluated(() => visual(x)) : visual(x))
  const told = ({ values }: Sequence) => text_projection(textual(values))
  const view = (image: Tensor, draw: Draw) =>
    randomCrop(image, draw, size, { crop: options.crop, aspect: [1, 1], flip: 0 })
  const alike = ({ values }: Sequence) => values.cast('float')

  return {
    kept: { visual, textual },
    heads: { visual_projection, text_projection, scale },
    training: compared({
      embed: ({ image, text }, draw) => ({
        seen: seen(view(image, draw)),
        told: told(text),
        alike: alike(text),
      }),
      compare({ seen, told, alike }) {
        const found = loss({ first: seen, second: told, alike })
        const right = found.firstFound.add(found.secondFound).div(2)
        return { loss: found.loss, metrics: metrics(right), chance: chance(seen.size(0)) }
      },
    }),
    shared: { image: ({ image }) => seen(toFloat(image)), text: ({ text }) => told(text) },
    examine({ image, text }) {
      const found = loss({ first: seen(toFloat(image)), second: told(text), alike: alike(text) })
      return {
        'caption found': { value: found.secondFound, better: 'higher', baselines: { chance: found.chance } },
        'picture found': { value: found.firstFound, better: 'higher', baselines: { chance: found.chance } },
        loss: { value: found.loss, better: 'lower', baselines: { chance: chance(image.size(0)) } },
      }
    },
    show({ image, text }, draw) {
      const cropped = view(image, draw)
      return [
        { title: 'shown', kind: 'image', values: cropped },
        {
          title: 'the caption found',
          kind: 'text',
          values: text.values.gather(cosine(seen(cropped), told(text)).argmax(-1)),
          guessed: true,
          note: 'Captions are found among those of the pictures that are shown here.',
        },
      ]
    },
  }
}

/** Factors that are learnt by their logarithms, and what is added: numbers that do not decay. */
export function learntScale(first: number, most?: number) {
  const logit_scale = variable([], constantly(Math.log(first))([]), 'scale', {
    ...(most !== undefined && { limits: [0, Math.log(most)] as const }),
  })
  return { logit_scale, scale: () => logit_scale.exp() }
}

function textEncoder(name: string, channel: ChannelOf<'text'>): Encoder {
  const definition = encoderNamed(name)
  if (definition.reads === 'text') return definition.build(channel)
  throw new LacunaError(`text=${name}: is an encoder for ${definition.reads}; type --set text=text-small`, 2)
}

const projection = ({ width }: Encoder, outputs: number) =>
  linear(width, outputs, { bias: false, weight: normal(width ** -0.5) })
