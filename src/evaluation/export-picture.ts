import { host } from '#host'
import type { Assembly } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { channelOf, represent, sampleOf, seenChannels } from '../assembly/programs.js'
import { imageIn } from '../channels/bound.js'
import { picturesOf } from '../data/index.js'
import type { Place } from '../nn/vectors.js'
import { defaultDevice } from '../program/devices.js'
import { uniforms } from '../program/draws.js'
import { FREE_BATCH } from '../program/standalone.js'
import { trace } from '../program/trace.js'
import type { OpenedRun } from '../runs/run.js'
import { openEncoder } from './encoder.js'
import type { ExportedModel } from './exported-model.js'
import type { Recipe } from './recipes.js'

/** uint8 pictures in, any number at once; normalisation inside. */
export function pictureModel(assembly: Assembly, place: Place): ExportedModel {
  const { result, trace: traced } = trace({ training: false }, () => {
    const channels = seenChannels(assembly)
    const sample = sampleOf(channels, FREE_BATCH)
    return { image: channelOf('image', channels, sample), features: represent(assembly, sample, place) }
  })
  const { image, features } = result
  return {
    input: { name: 'image', type: 'uint8', shape: ['N', ...image.shape.slice(1)] },
    free: 'image',
    outputs: { features },
    draws: traced.draws.length,
  }
}

export function recipeOf({ channels, reading }: RunConfig): Recipe {
  const { size, colours } = imageIn(channels)
  return { size, channels: colours, ...reading }
}

/** What `metadata_props` say of pictures: enough to feed the model right without the card. */
export function pictureMetadata({ size, channels, fit, background, range }: Recipe): Readonly<Record<string, string>> {
  const which = range !== 'auto' && range.of === 'deep' ? ' of pictures of more than 8 bits' : ''
  const from = range === 'auto' ? '' : `; stored values ${range.low} to ${range.high}${which} become 0 to 255`
  return {
    'image.layout': 'NHWC',
    'image.type': 'uint8',
    'image.range': `0 to 255${from}`,
    'image.size': `${size}`,
    'image.channels': channels === 3 ? 'RGB' : 'grey',
    'image.preprocessing': `EXIF orientation applied; transparency on ${background}; ${fit} to ${size} x ${size} with Lanczos-3; normalisation is inside the model`,
  }
}

const CHECKED = 5

/** Vectors of made-up pictures, one batch larger than one, by the run and by the written file. */
export async function picturesBothWays(path: string, run: OpenedRun, place: Place) {
  const { size, colours: channels } = imageIn(run.config.channels)
  const next = uniforms(0, 0, 'pictures to check an export with')
  const stride = size * size * channels
  const data = Uint8Array.from({ length: CHECKED * stride }, () => Math.floor(256 * next()))
  const encoder = await openEncoder(run, { device: defaultDevice, ...place })
  const { values } = await encoder.embed(picturesOf(data, { size, colours: channels })).finally(() => encoder.close())
  const session = await host.ort.InferenceSession.create(path)
  try {
    const image = new host.ort.Tensor('uint8', data, [CHECKED, size, size, channels])
    const { features } = await session.run({ image })
    return [values, features?.data as Float32Array] as const
  } finally {
    await session.release()
  }
}
