import { join } from 'node:path'
import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { writeFileAtomic } from '../files.js'
import { writeSafetensors } from '../formats/index.js'
import { variablesOf } from '../nn/module.js'
import { uniforms } from '../program/draws.js'
import { runtime } from '../program/runtime.js'
import { FREE_BATCH, writeStandalone } from '../program/standalone.js'
import { trace } from '../program/trace.js'
import { topological } from '../tensor/derivative.js'
import type { Tensor } from '../tensor/tensor.js'
import { loadCheckpoint } from '../training/checkpoint.js'
import { type RunConfig, readConfig } from '../training/config.js'
import { type Assembly, assemble, represent, sampleOf } from '../training/programs.js'
import { openEncoder } from './encoder.js'

export interface Exported {
  readonly directory: string
  readonly files: readonly string[]
  readonly width: number
  /** Largest difference between the file's vectors and the training graph's, on the pictures it was checked with */
  readonly difference: number
}

const TOLERANCE = 1e-5
const CHECKED = 5

/**
 * Writes `encoder.onnx` (uint8 pictures in, any number at once, preprocessing inside), `encoder.safetensors` with the names of
 * torchvision or timm, and a card. The file is then run by ONNX Runtime and compared with the training graph.
 */
export async function exportEncoder(run: string, out: string): Promise<Exported> {
  const config = readConfig(run)
  const { values, step } = loadCheckpoint(run)
  const assembly = assemble(config)
  const stored = new Map(
    [...assembly.names].flatMap(([variable, name]) => {
      const data = values.get(name)
      return data === undefined ? [] : [[variable, { name, data: Float32Array.from(data) }] as const]
    }),
  )
  const { result, trace: traced } = trace({ training: false }, () => {
    const sample = sampleOf(config, FREE_BATCH)
    return { image: sample.image, features: represent(assembly, sample) }
  })
  if (traced.draws.length > 0)
    throw new LacunaError(`${config.method}: its representation is random and cannot be exported`)
  const used = new Set(topological([result.features]))
  const { model, external } = writeStandalone({
    input: { name: 'image', tensor: result.image },
    output: { name: 'features', tensor: result.features },
    values: new Map([...stored].filter(([variable]) => used.has(variable))),
    externalFile: 'encoder.onnx.data',
  })
  const width = result.features.shape[1] ?? 0
  const path = join(out, 'encoder.onnx')
  if (external) writeFileAtomic(join(out, external.file), external.parts)
  writeFileAtomic(path, model)
  const difference = await check(path, run, config)
  writeFileAtomic(join(out, 'README.md'), card(config, step, width))
  writeSafetensors(join(out, 'encoder.safetensors'), weightsOf(assembly, stored), {
    format: 'lacuna',
    encoder: config.encoder,
  })
  const files = ['encoder.onnx', ...(external ? [external.file] : []), 'encoder.safetensors', 'README.md']
  return { directory: out, files, width, difference }
}

/** The encoder's own variables, without the prefix that the run gives them. */
function weightsOf({ learner }: Assembly, stored: ReadonlyMap<Tensor, { readonly data: Float32Array }>) {
  return new Map(
    [...variablesOf(learner.modules.encoder)].map(([name, variable]) => {
      const data = stored.get(variable)?.data
      if (data === undefined) throw new LacunaError(`the checkpoint has no ${name}; it belongs to another run`)
      return [name, { dtype: 'float32' as const, shape: variable.shape, data }]
    }),
  )
}

/** Runs the written file on made-up pictures, one batch larger than one, beside the encoder of the run. */
async function check(path: string, run: string, config: RunConfig): Promise<number> {
  const { size, channels } = config
  const next = uniforms(0, 0, 'pictures to check an export with')
  const stride = size * size * channels
  const data = Uint8Array.from({ length: CHECKED * stride }, () => Math.floor(256 * next()))
  const session = await runtime.InferenceSession.create(path)
  const encoder = await openEncoder(run, { device: 'cpu' })
  try {
    const image = new runtime.Tensor('uint8', data, [CHECKED, size, size, channels])
    const { features } = await session.run({ image })
    const written = features?.data as Float32Array
    const { values } = await encoder.embed(fromMemory(data, config))
    const difference = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (written[i] ?? Number.NaN))),
      0,
    )
    if (!(difference < TOLERANCE))
      throw new LacunaError(
        `${path}: differs from the training graph by ${difference}; please report this with the run's config.json`,
      )
    return difference
  } finally {
    await session.release()
    await encoder.close()
  }
}

/** Pictures that lie in no store. */
function fromMemory(
  data: Uint8Array,
  { size, channels }: RunConfig,
): Pick<PictureSet, 'size' | 'channels' | 'items' | 'gather'> {
  const stride = size * size * channels
  return {
    size,
    channels: channels === 1 ? 1 : 3,
    items: Array.from({ length: data.length / stride }, (_, i) => ({
      name: `${i}`,
      label: undefined,
      group: `${i}`,
      split: undefined,
    })),
    gather: positions =>
      Uint8Array.from(Array.from(positions, i => [...data.subarray(i * stride, (i + 1) * stride)]).flat()),
  }
}

const card = (
  config: RunConfig,
  step: number,
  width: number,
): string => `# ${config.encoder}, trained with ${config.method}

Turns a picture into ${width} numbers. Made by Lacuna; trained without labels on ${config.data.pictures} pictures, ${step} steps of ${config.batch}.

| | |
|---|---|
| input \`image\` | uint8 [N, ${config.size}, ${config.size}, ${config.channels}], rows from the top, ${config.channels === 3 ? 'sRGB' : 'grey'} |
| output \`features\` | float32 [N, ${width}] |
| weights | \`encoder.safetensors\`, names and layouts as in torchvision (ResNet) and timm (ViT) |

Pictures: resize the short side to ${config.size} pixels and crop the middle. Everything else is inside the model.

\`\`\`ts
import ort from 'onnxruntime-node'
const session = await ort.InferenceSession.create('encoder.onnx')
const { features } = await session.run({ image: new ort.Tensor('uint8', pixels, [1, ${config.size}, ${config.size}, ${config.channels}]) })
\`\`\`
`
