import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { sharp } from '../src/data/sharp.js'
import { readSafetensors, writeSafetensors } from '../src/formats/index.js'
import { type Embedder, openEncoder, openPictures } from '../src/index.js'
import { lacuna, temporary } from './lacuna.js'

const folder = temporary()
const cache = ['--cache', join(folder, 'cache')]
const [data, run] = [join(folder, 'data'), join(folder, 'run')]
const size = 32

/** Class a is the commonest to learn from and is not tested; the pictures are of every awkward kind. */
beforeAll(async () => {
  for (const [part, counts] of Object.entries({ train: [20, 12, 12], test: [0, 6, 6] }))
    for (const [label, count] of counts.entries())
      for (let i = 0; i < count; i++) {
        const path = join(data, part, 'abc'[label] ?? '', `${i}`)
        mkdirSync(join(path, '..'), { recursive: true })
        await write(path, i % 6, 40 * label + i + (part === 'test' ? 200 : 0))
      }
  writeFileSync(join(data, 'train', 'a', 'broken.png'), 'no picture')
  const trained = await lacuna(
    ...['pretrain', 'simclr', data, '--out', run, ...cache, '--size', `${size}`, '--encoder', 'c4-half'],
    ...['--batch', '16', '--steps', '6', '--no-report'],
  )
  expect(trained.code, trained.err).toBe(0)
})

async function write(path: string, kind: number, seed: number): Promise<void> {
  const [width, height] = kind === 0 ? [61, 40] : [150, 100]
  const pixels = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels.set(
        [
          (x * 1.7 + 7 * seed) % 256,
          (y * 2.5) % 256,
          128 + 100 * Math.sin((x + seed) / 9),
          kind === 1 ? 128 + 127 * Math.sin((x + y) / 13) : 255,
        ],
        4 * (y * width + x),
      )
  const image = sharp(pixels, { raw: { width, height, channels: 4 } })
  if (kind === 2) await image.flatten().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toFile(`${path}.jpg`)
  else if (kind === 3) await image.flatten().greyscale().png().toFile(`${path}.png`)
  else if (kind === 4) await image.flatten().png({ palette: true }).toFile(`${path}.png`)
  else await image.png().toFile(`${path}.png`)
}

test('embed: rows can be matched to files, what was skipped is told, an earlier layer is narrower', async () => {
  const out = join(folder, 'vectors.npy')
  const ended = await lacuna('embed', run, data, ...cache, '--out', out, '--layer', 'conv2', '--json')
  expect(ended.code, ended.err).toBe(0)
  const result = JSON.parse(ended.out) as { pictures: number; skipped: { name: string }[] }
  expect(result).toMatchObject({ width: 32, layer: 'conv2', pool: 'mean', names: join(folder, 'vectors.names.jsonl') })
  expect(result.skipped.map(({ name }) => name)).toEqual(['train/a/broken.png'])
  const names = readFileSync(join(folder, 'vectors.names.jsonl'), 'utf8').trim().split('\n')
  expect(names).toHaveLength(result.pictures)
  for (const line of names) expect(existsSync(join(data, (JSON.parse(line) as { name: string }).name))).toBe(true)
})

test('places that cannot be written are told before anything is computed', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const ended = await lacuna('embed', run, data, ...cache, '--out', join(file, 'x.npy'))
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toMatch(/^lacuna: .*x\.npy: cannot be written: .*file is a file/)
})

test('evaluate: the commonest class to learn from is not tested, and it is said', async () => {
  const ended = await lacuna('evaluate', run, data, ...cache, '--labels', 'all', '--seeds', '1')
  expect(ended.code, ended.err).toBe(0)
  expect(ended.out).toContain('commonest class (a) 0.0 %')
  expect(ended.out).toContain('The commonest class to learn from (a) is not in the test part')
  expect(ended.out).toContain('balanced accuracy')
  const evaluation = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')) as {
    perClass: { label: string; training: number; tested: number }[]
  }
  expect(evaluation.perClass.map(({ label, training, tested }) => [label, training, tested])).toEqual([
    ['b', 12, 6],
    ['c', 12, 6],
  ])
})

test.each([
  ['--temperature', '0'],
  ['--temperature', '-1'],
  ['--k', '0'],
  ['--labels', '0'],
  ['--labelled', '1'],
  ['--layer', 'conv9'],
  ['--pool', 'class'],
])('evaluate %s %s is wrong usage in one line that names it', async (flag, value) => {
  const ended = await lacuna('evaluate', run, data, ...cache, flag, value)
  expect(ended).toMatchObject({ code: 2, out: '' })
  expect(ended.err).toContain(flag)
})

test('export: nothing is written among other files; its recipe as it stands gives the vectors of embed', async () => {
  const out = join(folder, 'project')
  mkdirSync(out)
  writeFileSync(join(out, 'README.md'), '# Mine')
  const refused = await lacuna('export', run, '--out', out)
  expect(refused.code).toBe(2)
  expect(refused.err).toMatch(/holds files that no export has written \(such as README\.md\)/)
  expect([readdirSync(out), readFileSync(join(out, 'README.md'), 'utf8')]).toEqual([['README.md'], '# Mine'])

  const own = join(folder, 'export')
  for (let twice = 0; twice < 2; twice++) expect(await lacuna('export', run, '--out', own)).toMatchObject({ code: 0 })
  expect(readdirSync(own).sort()).toEqual(['README.md', 'encoder.onnx', 'encoder.safetensors'])
  const [, snippet = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(own, 'README.md'), 'utf8')) ?? []
  const program = `${snippet}\nprocess.stdout.write(\`\\n\${JSON.stringify([...features.data])}\`)`
  writeFileSync(join(own, 'recipe.mjs'), program)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const pictures = await openPictures(data, { size, cache: join(folder, 'cache') })
  const files = pictures.items.map(({ name }) => join(data, name))
  const { stdout } = await promisify(execFile)(process.execPath, ['recipe.mjs', ...files], { cwd: own })
  const written = Float32Array.from(JSON.parse(stdout.split('\n').at(-1) ?? '') as number[])
  await withEncoder(run, async encoder => {
    const { values, width } = await encoder.embed(pictures)
    expect(written).toHaveLength(values.length)
    for (let row = 0; row < files.length; row++)
      expect(cosine(written, values, row, width), files[row]).toBeGreaterThan(0.9999)
  })
})

test('one picture, as a path or as bytes, has the vector that embed gives it', async () => {
  const pictures = await openPictures(data, { size, cache: join(folder, 'cache') })
  await withEncoder(run, async encoder => {
    const { values, width } = await encoder.embed(pictures)
    for (const position of [0, 21, 45]) {
      const path = join(data, pictures.items[position]?.name ?? '')
      const expected = values.subarray(position * width, (position + 1) * width)
      for (const picture of [path, readFileSync(path)]) {
        const vector = await encoder.embedPicture(picture)
        expect(vector).toHaveLength(width)
        vector.forEach((value, i) => {
          expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(1e-5)
        })
      }
    }
    await expect(encoder.embedPicture(join(data, 'train', 'a', 'broken.png'))).rejects.toThrow(/broken\.png/)
    await expect(encoder.embedPicture(new Uint8Array())).rejects.toThrow('the picture is empty')
    await expect(encoder.embedPicture(7 as never)).rejects.toMatchObject({ exitCode: 2 })
  })
})

test('vectors that are no numbers leave by no command', async () => {
  const state = join(run, 'checkpoint', 'state.safetensors')
  const { tensors, metadata } = readSafetensors(state)
  const huge = new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      name.startsWith('encoder.') && tensor.dtype === 'float32'
        ? { ...tensor, data: Float32Array.from(tensor.data as Float32Array, value => value * 3e38) } // finite or infinite
        : tensor,
    ]),
  )
  const { checksum: _, ...rest } = metadata
  writeSafetensors(state, huge, rest)
  for (const [command, target] of [
    ['embed', join(folder, 'nan.npy')],
    ['export', join(folder, 'nan')],
  ] as const) {
    const ended = await lacuna(command, run, ...(command === 'embed' ? [data, ...cache] : []), '--out', target)
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/lacuna: .*(diverged|damaged|not finite|no number)/)
    expect(existsSync(command === 'embed' ? target : join(target, 'encoder.onnx'))).toBe(false)
  }
})

async function withEncoder(directory: string, use: (encoder: Embedder) => Promise<void>): Promise<void> {
  const encoder = await openEncoder(directory)
  await use(encoder).finally(() => encoder.close())
}

function cosine(a: Float32Array, b: Float32Array, row: number, width: number): number {
  const [u, v] = [a, b].map(all => all.subarray(row * width, (row + 1) * width))
  const dot = (x?: Float32Array, y?: Float32Array) => x?.reduce((sum, value, i) => sum + value * (y?.[i] ?? 0), 0) ?? 0
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))
}
