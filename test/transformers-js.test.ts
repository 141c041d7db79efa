import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { relativeError } from '../src/engine/testing.js'
import { range } from '../src/tensor/shape.js'
import { lacuna, temporary } from './lacuna.js'

/** `npm install --prefix FOLDER --ignore-scripts @huggingface/transformers`: half a gigabyte, which is no part of a clone */
const packages = join(process.env.LACUNA_TRANSFORMERS_JS ?? 'nowhere', 'node_modules')

/** As the card of an export has it, and vectors on the standard output; nothing is looked for on the network. */
const script = `
import { AutoProcessor, AutoTokenizer, CLIPTextModelWithProjection, CLIPVisionModelWithProjection, RawImage, env } from '@huggingface/transformers'
const [parent, name, pictures, texts] = process.argv.slice(2)
Object.assign(env, { allowRemoteModels: false, localModelPath: parent, useFSCache: false })
const options = of => ({ subfolder: '', model_file_name: of, dtype: 'fp32' })
const tokenizer = await AutoTokenizer.from_pretrained(name)
const text = await CLIPTextModelWithProjection.from_pretrained(name, options('text'))
const { text_embeds } = await text(tokenizer(JSON.parse(texts), { padding: 'max_length', truncation: true }))
const processor = await AutoProcessor.from_pretrained(name)
const vision = await CLIPVisionModelWithProjection.from_pretrained(name, options('image'))
const images = await Promise.all(JSON.parse(pictures).map(path => RawImage.read(path)))
const { image_embeds } = await vision(await processor(images))
console.log(JSON.stringify({ texts: [...text_embeds.data], pictures: [...image_embeds.data] }))
`

test.skipIf(!existsSync(packages))(
  'transformers.js opens an export of CLIP, offline, and gives the vectors of the run',
  async () => {
    const folder = temporary()
    const captions = range(16).map(i =>
      i === 3 ? 'a red square '.repeat(20) : `square number ${i}, ${i % 2 ? 'red' : 'blue'}`,
    )
    mkdirSync(join(folder, 'data'))
    const pictures = captions.map((_, i) => join(folder, 'data', `${String(i).padStart(2, '0')}.png`))
    for (const [i, caption] of captions.entries()) {
      const background = { r: i % 2 ? 250 : 15 * i, g: 10 * i, b: i % 2 ? 15 * i : 250 }
      await sharp({ create: { width: 32, height: 32, channels: 3, background } })
        .png()
        .toFile(pictures[i] ?? '')
      writeFileSync((pictures[i] ?? '').replace('.png', '.txt'), caption)
    }
    const at = (name: string) => join(folder, name)
    const trained = await lacuna(
      ...['pretrain', 'clip', at('data'), '--encoder', 'c4-half', '--batch', '8', '--steps', '3', '--threads', '1'],
      ...['--set', 'tokens=12', '--set', 'text=text:dim=16,depth=1,heads=2', '--no-report', '--out', at('run')],
    )
    expect(trained.code, trained.err).toBe(0)
    const exported = await lacuna('export', at('run'), '--out', at('pair'))
    expect(exported.code, exported.err).toBe(0)
    const own = async (channel: string) => {
      const { code, err } = await lacuna(
        'embed',
        at('run'),
        at('data'),
        '--channel',
        channel,
        '--out',
        at(`${channel}.npy`),
      )
      expect(code, err).toBe(0)
      const bytes = readFileSync(at(`${channel}.npy`))
      return new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length),
      )
    }
    symlinkSync(packages, at('node_modules'))
    writeFileSync(at('embed.mjs'), script)
    const [parent, name] = [dirname(at('pair')), basename(at('pair'))]
    const args = [at('embed.mjs'), parent, name, JSON.stringify(pictures), JSON.stringify(captions)]
    const theirs = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Record<string, number[]>
    const unit = (rows: ArrayLike<number>) => {
      const width = rows.length / captions.length
      const norm = (i: number) => Math.hypot(...range(width).map(j => rows[i * width + j] ?? 0))
      return Array.from({ length: rows.length }, (_, k) => (rows[k] ?? 0) / norm(Math.floor(k / width)))
    }
    expect(theirs.texts).toHaveLength((await own('text')).length)
    expect(relativeError(unit(theirs.texts ?? []), unit(await own('text')))).toBeLessThan(1e-4)
    expect(relativeError(unit(theirs.pictures ?? []), unit(await own('image')))).toBeLessThan(1e-4)
  },
)
