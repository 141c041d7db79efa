import type { StoredTensor } from '../formats/stored-tensor.js'
import { range } from '../tensor/shape.js'

/** Whose names a file of both sides may have. */
export const clipNamings = ['transformers', 'open_clip'] as const
export type ClipNaming = (typeof clipNamings)[number]

/** What the file with the weights is called in a folder of Hugging Face's: of transformers and timm, and of open_clip. */
export const weightFiles = {
  transformers: 'model.safetensors',
  open_clip: 'open_clip_model.safetensors',
} as const satisfies Record<ClipNaming, string>

type Tensors = ReadonlyMap<string, StoredTensor>

/** A variable of a run on pictures and texts as Hugging Face's CLIPModel calls it; other names stay as they are. */
export const clipNames = (name: string): string =>
  name
    .replace(/^visual\./, 'vision_model.')
    .replace(/^textual\./, 'text_model.')
    .replace(/^scale\./, '')

/** What names begin with in open_clip, as in OpenAI's own files, and in Hugging Face's CLIPModel. */
const beginnings: readonly Pair[] = [
  ['visual.class_embedding', 'vision_model.embeddings.class_embedding'],
  ['visual.positional_embedding', 'vision_model.embeddings.position_embedding.weight'],
  ['visual.conv1.', 'vision_model.embeddings.patch_embedding.'],
  ['visual.ln_pre.', 'vision_model.pre_layrnorm.'],
  ['visual.transformer.resblocks.', 'vision_model.encoder.layers.'],
  ['visual.ln_post.', 'vision_model.post_layernorm.'],
  ['visual.proj', 'visual_projection.weight'],
  ['token_embedding.', 'text_model.embeddings.token_embedding.'],
  ['positional_embedding', 'text_model.embeddings.position_embedding.weight'],
  ['transformer.resblocks.', 'text_model.encoder.layers.'],
  ['ln_final.', 'text_model.final_layer_norm.'],
  ['text_projection', 'text_projection.weight'],
  ['logit_scale', 'logit_scale'],
  ['logit_bias', 'logit_bias'],
]
type Pair = readonly [openClip: string, huggingFace: string]

/** The same of the parts of a block. */
const parts: readonly Pair[] = [
  ['.ln_1.', '.layer_norm1.'],
  ['.attn.', '.self_attn.'],
  ['.ln_2.', '.layer_norm2.'],
  ['.mlp.c_fc.', '.mlp.fc1.'],
  ['.mlp.c_proj.', '.mlp.fc2.'],
]

/** These are multiplied from the other side there. */
const transposedThere = new Set(['visual.proj', 'text_projection'])

/** Queries, keys and values are one tensor there. */
const together = /\.attn\.in_proj_(weight|bias)$/
const apart = /\.self_attn\.([qkv])_proj\.(weight|bias)$/

/** Tensors of a transformer of open_clip, or of OpenAI, by the names of Hugging Face's CLIPModel; all others as they are. */
export function fromOpenClip(tensors: Tensors): Tensors {
  if (![...tensors.keys()].some(name => together.test(name))) return tensors
  return new Map(
    [...tensors].flatMap(([full, tensor]): [string, StoredTensor][] => {
      const name = full.replace(/^text\./, '') // where the text is a model of its own
      const here = renamed(name, 0, 1) ?? full
      const [, kind] = together.exec(name) ?? []
      if (kind === undefined) return [[here, transposedThere.has(name) ? transposed(tensor) : tensor]]
      const stem = here.replace(/in_proj_\w+$/, '')
      return thirds(tensor).map((third, i) => [`${stem}${'qkv'[i]}_proj.${kind}`, third])
    }),
  )
}

/**
 * Tensors by the names of Hugging Face's CLIPModel as open_clip has them.
 * @throws RangeError for a name that open_clip has nothing for
 */
export function toOpenClip(tensors: Tensors): Map<string, StoredTensor> {
  const found = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors) {
    const there = renamed(name, 1, 0)
    if (there === undefined) throw new RangeError(name)
    const [, which, kind] = apart.exec(name) ?? []
    if (which === undefined) found.set(there, transposedThere.has(there) ? transposed(tensor) : tensor)
    else if (which === 'q') {
      const each = [...'qkv'].flatMap(part => tensors.get(name.replace(apart, `.self_attn.${part}_proj.${kind}`)) ?? [])
      found.set(there.replace(/q_proj\.(\w+)$/, 'in_proj_$1'), joined(each))
    }
  }
  return found
}

function renamed(name: string, from: 0 | 1, to: 0 | 1): string | undefined {
  const pair = beginnings.find(pair => name.startsWith(pair[from]))
  if (pair === undefined) return undefined
  return parts.reduce((name, part) => name.replace(part[from], part[to]), pair[to] + name.slice(pair[from].length))
}

/** The rows of a tensor in three. */
function thirds({ dtype, shape: [rows = 0, ...others], data }: StoredTensor): StoredTensor[] {
  const each = data.length / 3
  return range(3).map(i => ({ dtype, shape: [rows / 3, ...others], data: data.slice(i * each, (i + 1) * each) }))
}

function joined(each: readonly StoredTensor[]): StoredTensor {
  const [, ...others] = each[0]?.shape ?? []
  const data = Float32Array.from(each.flatMap(({ data }) => Array.from(data, Number)))
  return { dtype: 'float32', shape: [each.reduce((rows, { shape }) => rows + (shape[0] ?? 0), 0), ...others], data }
}

function transposed({ shape: [rows = 0, columns = 0], data }: StoredTensor): StoredTensor {
  const turned = new Float32Array(data.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = Number(data[i * columns + j])
  return { dtype: 'float32', shape: [columns, rows], data: turned }
}
