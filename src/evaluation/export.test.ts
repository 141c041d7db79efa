import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { expect, test, vi } from 'vitest'
import type { image, text } from '../channels/channel.js'
import { memoryColumn } from '../data/columns.js'
import { numbered, setInMemory } from '../data/memory.js'
import { memorySet, put, temporaryFolder } from '../data/testing.js'
import { Engine } from '../engine/engine.js'
import { relativeError } from '../engine/testing.js'
import { LacunaError } from '../errors.js'
import { readSafetensors } from '../formats/index.js'
import { tinyAudioEncoder } from '../nn/audio/testing.js'
import { fromOpenClip } from '../nn/clip-names.js'
import { openRun } from '../runs/run.js'
import { pretrain } from '../training/pretrain.js'
import { MARK } from './card.js'
import { compared, type ExportOptions, exportEncoder, replace } from './export.js'
import { loudFrames, recordingsOf, spoken } from './frames/testing.js'

test('vectors are compared by their size: what float32 rounds off 34 is no difference, and would be one of 1', () => {
  const vectors = (largest: number, off: number) =>
    [Float32Array.of(largest, -1e-3, 0), Float32Array.of(largest + off, -1e-3, 0)] as const
  expect(compared('run', ...vectors(34, 2.19e-5))).toMatchObject({ largest: 34 })
  expect(() => compared('run', ...vectors(1, 2.19e-5))).toThrow(
    /^run: the exported model differs .* by 0\.0000219 in vectors of up to 1\.00/,
  )
  expect(() => compared('run', ...vectors(0.01, 1e-6))).toThrow('differs')
})

test('a number that is none, or is missing, is a difference', () => {
  expect(() => compared('run', Float32Array.of(1, 2), [1, Number.NaN])).toThrow('by NaN')
  expect(() => compared('run', Float32Array.of(1, 2), [1])).toThrow('by NaN')
})

test('frames that are more numbers than a call takes are compared: 19 s of 256 each', async () => {
  const directory = join(temporaryFolder(), 'run')
  const encoder = 'log-mel:dim=256,depth=1,heads=4'
  const options = { out: directory, encoder, steps: 1, batch: 2, threads: 1, options: { seconds: 8 } }
  await pretrain(loudFrames, spoken(2).recordings, options)
  const run = openRun(directory, { methods: [loudFrames] })
  const { difference, largest } = await exportEncoder(run, join(temporaryFolder(), 'encoder'))
  expect(difference).toBeLessThan(1e-5 * largest)
})

const FILES = ['README.md', 'encoder.onnx', 'encoder.safetensors']
/** Of no process: the largest number that Linux gives is 2^22 */
const NOBODY = 2 ** 30

test('a new folder appears whole or not at all; what killed exports left is removed, what is of others is not', async () => {
  const folder = temporaryFolder()
  const [run, out] = [join(folder, 'run'), join(folder, 'encoder')]
  await pretrain('rotation', memorySet(20), { out: run, encoder: 'c4-half', batch: 8, steps: 1, threads: 1 })
  put(folder, { [`encoder.export.${NOBODY}.part/encoder.onnx`]: 'torn', [`encoder.${NOBODY}.part`]: 'a download' })

  const seen: boolean[] = []
  const running = vi.spyOn(Engine.prototype, 'run').mockImplementation(() => {
    seen.push(existsSync(out))
    return Promise.reject(new LacunaError('no room'))
  })
  await expect(exportEncoder(run, out)).rejects.toThrow('no room')
  running.mockRestore()
  expect(seen).toEqual([false])
  expect(readdirSync(folder)).toEqual([`encoder.${NOBODY}.part`, 'run'])

  await exportEncoder(run, out)
  expect(readdirSync(out).sort()).toEqual(FILES)
  put(out, { [`export.${NOBODY}.part/encoder.onnx`]: 'torn', 'mine.txt': 'mine' })
  await exportEncoder(run, out)
  expect(readdirSync(out).sort()).toEqual([...FILES, 'mine.txt'])
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('trained with rotation')
})

test('an export that is broken off while it replaces another is told by its card, and may be written again', () => {
  const made = put(temporaryFolder(), { 'encoder.onnx': 'new', 'encoder.safetensors': 'new', 'README.md': 'new' })
  const out = put(temporaryFolder(), {
    'encoder.onnx': 'old',
    'encoder.safetensors/in the way': '',
    'README.md': 'old',
  })
  expect(() => replace(made, out, ['encoder.onnx', 'encoder.safetensors', 'README.md'])).toThrow()
  expect(readFileSync(join(out, 'encoder.onnx'), 'utf8')).toBe('new')
  const card = readFileSync(join(out, 'README.md'), 'utf8')
  expect(card).toContain('Not finished')
  expect(card.startsWith(MARK)).toBe(true)
})

test.each([
  ['tiny-sound', recordingsOf([30, 400, 90, 77, 300, 200, 100, 50]), {}],
  ['cpc-small', spoken(8).recordings, { pool: 'mean-sd' as const, wave: 'int16' as const }],
  ['log-mel-small', spoken(8).recordings, { layer: 2 }],
  ['wav2vec2-small', spoken(8).recordings, {}],
])(
  '%s is exported with windows of its own: recordings of any length give the vectors and frames of the run',
  async (encoder, recordings, place) => {
    const folder = temporaryFolder()
    const [directory, out] = [join(folder, 'run'), join(folder, 'encoder')]
    const own = encoder === tinyAudioEncoder.name ? tinyAudioEncoder : encoder
    await pretrain(loudFrames, recordings, { out: directory, encoder: own, steps: 1, threads: 1 })
    const run = openRun(directory, { methods: [loudFrames], encoders: [tinyAudioEncoder] })
    const { files, takes, difference, largest } = await exportEncoder(run, out, place)
    expect([files, takes]).toEqual([['encoder.onnx', 'encoder.safetensors', 'README.md'], 'a recording of any length'])
    expect(difference).toBeLessThan(1e-5 * largest)
    const card = readFileSync(join(out, 'README.md'), 'utf8')
    expect(card).toContain('Turns a recording of any length into')
    expect(card).not.toMatch(/picture|pixel|undefined|NaN/)
    const { wave = 'float32' }: ExportOptions = place
    expect(card).toContain(`input \`audio\` | ${wave} [length]`)
    const session = await ort.InferenceSession.create(join(out, 'encoder.onnx'))
    expect(session.inputMetadata).toMatchObject([{ name: 'audio', type: wave }])
    await session.release()
  },
)

test('a run whose pictures and texts share a space gives a model of each, with the tokenizer and the names of CLIPModel', async () => {
  const [run, out] = [join(temporaryFolder(), 'run'), join(temporaryFolder(), 'pair')]
  const options = { tokens: 12, text: 'text:dim=16,depth=2,heads=2', projection: 8, vocabulary: 300 }
  await pretrain('clip', captioned(24), { out: run, encoder: 'c4-half', batch: 8, steps: 2, threads: 1, options })
  const { files } = await exportEncoder(run, out)
  const names = ['config.json', 'image.onnx', 'model.safetensors', 'preprocessor_config.json', 'text.onnx']
  expect([...files].sort()).toEqual([...FILES, ...names, 'tokenizer.json', 'tokenizer_config.json'].sort())
  expect(readdirSync(out).sort()).toEqual([...files].sort())
  const json = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8'))
  expect(json('tokenizer.json')).toEqual(JSON.parse(readFileSync(join(run, 'tokenizer.json'), 'utf8')))
  expect(json('tokenizer_config.json')).toMatchObject({ model_max_length: 12, pad_token: '<|pad|>' })
  const tokenizer = openRun(run).tokenizer()
  const { tensors } = readSafetensors(join(out, 'model.safetensors'))
  expect(tensors.get('text_model.embeddings.token_embedding.weight')?.shape).toEqual([tokenizer?.vocabulary, 16])
  expect(tensors.get('text_projection.weight')?.shape).toEqual([8, 16])
  expect(tensors.get('logit_scale')?.shape).toEqual([])
  expect([...tensors.keys()].filter(name => /^(visual|textual|scale|optimiser)\./.test(name))).toEqual([])

  await expect(exportEncoder(run, join(temporaryFolder(), 'other'), { wave: 'int16' })).rejects.toThrow(
    'hears no recordings; leave --wave out',
  )
  await expect(exportEncoder(run, join(temporaryFolder(), 'other'), { names: 'open_clip' })).rejects.toThrow(
    '--names open_clip: has no encoder like c4-half',
  )

  // any number of texts at once, and each as it is alone
  const session = await ort.InferenceSession.create(join(out, 'text.onnx'))
  const encoded = (text: string, length = 12) => [...(tokenizer?.encode(text, length) ?? [])]
  const embedded = async (texts: string[], ids = texts.flatMap(text => encoded(text))) => {
    const input_ids = new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [texts.length, 12])
    return Array.from((await session.run({ input_ids })).text_embeds?.data as Float32Array)
  }
  const texts = ['number 3', 'a picture of number 7', '', 'red', 'number 3 number 3 number 3 number 3 number 3']
  const all = await embedded(texts)
  for (const [i, text] of texts.entries())
    expect(relativeError(await embedded([text]), all.slice(8 * i, 8 * i + 8))).toBeLessThan(1e-5)
  expect(relativeError(all.slice(0, 8), all.slice(8, 16))).toBeGreaterThan(0.01)
  // transformers.js cuts the end token away with the rest of a long text
  const long = texts.at(-1) ?? ''
  const cut = encoded(long, 40).slice(0, 12)
  expect(cut).not.toEqual(encoded(long))
  expect(relativeError(await embedded([long], cut), all.slice(-8))).toBeLessThan(1e-5)
  await session.release()
})

/** Pictures of one grey each, and captions that number them. */
const captioned = (count: number) =>
  setInMemory<{ image: ReturnType<typeof image>; text: ReturnType<typeof text> }>(
    {
      image: memoryColumn(
        { kind: 'image', size: 16, colours: 3 },
        Array.from({ length: count }, (_, i) => Array<number>(16 * 16 * 3).fill(10 * i)),
      ),
      text: memoryColumn(
        { kind: 'text', vocabulary: 256, length: 40 },
        Array.from({ length: count }, (_, i) => Buffer.from(`a picture of number ${i}`)),
      ),
    },
    numbered(count),
  )

test('the weights of both sides by the names of open_clip, which has no others', async () => {
  const [run, out] = [join(temporaryFolder(), 'run'), join(temporaryFolder(), 'pair')]
  const options = { tokens: 12, text: 'text:dim=16,depth=1,heads=2', projection: 8, vocabulary: 300 }
  const encoder = 'clip-vit:dim=24,depth=1,heads=3,patch=8'
  await pretrain('clip', captioned(24), { out: run, encoder, batch: 8, steps: 1, threads: 1, options })
  const { files } = await exportEncoder(run, out, { names: 'open_clip' })
  expect(files).toContain('open_clip_model.safetensors')
  expect(files).not.toContain('model.safetensors')
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain("by the names of open_clip's CLIP")
  const { tensors } = readSafetensors(join(out, 'open_clip_model.safetensors'))
  expect(tensors.get('visual.transformer.resblocks.0.attn.in_proj_weight')?.shape).toEqual([72, 24])
  expect(tensors.get('visual.proj')?.shape).toEqual([24, 8])
  const { values } = openRun(run).checkpoint()
  for (const [name, { data }] of fromOpenClip(tensors)) {
    const own = name
      .replace(/^vision_model/, 'visual')
      .replace(/^text_model/, 'textual')
      .replace(/^logit/, 'scale.logit')
    expect(data, name).toEqual(Float32Array.from(values.get(own) ?? [], Number))
  }
})
