import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import ort from 'onnxruntime-node'
import { beforeAll, expect, test } from 'vitest'
import { uniforms } from '../src/program/draws.js'
import { wavUri } from '../src/report/sound.js'
import { lacuna, temporary } from './lacuna.js'

const RATE = 16_000
const folder = temporary()
const [recordings, others, run] = ['recordings', 'others', 'run'].map(name => join(folder, name)) as [
  string,
  string,
  string,
]
const tones = { a: 300, i: 900, u: 2400, pau: 0 } as const
type Phone = keyof typeof tones
const next = uniforms(1, 0, 'made speech')

/** Tones for phones: 1.2 s, ten phones; a high speaker and a low one. */
function speak(higher: number) {
  const phones = Array.from({ length: 12 }, () => (Object.keys(tones) as Phone[])[Math.floor(4 * next())] ?? 'a')
  const wave = phones.flatMap(phone => {
    const loudness = phone === 'pau' ? 0 : 0.1 + 0.3 * next()
    const at = (t: number) => loudness * Math.sin((2 * Math.PI * tones[phone] * higher * t) / RATE)
    return Array.from({ length: RATE / 10 }, (_, t) => at(t) + 0.002 * (next() - 0.5))
  })
  return { wave, lab: ['#', ...phones.map((phone, i) => `${(i + 1) / 10} 125 ${phone}`)].join('\n') }
}

function put(root: string, count: number): void {
  mkdirSync(join(root, 'wav'), { recursive: true })
  mkdirSync(join(root, 'lab'), { recursive: true })
  const rows = Array.from({ length: count }, (_, i) => {
    const { wave, lab } = speak(i % 2 === 0 ? 1 : 1.2)
    writeFileSync(join(root, 'wav', `${i}.wav`), Buffer.from(wavUri(wave, RATE).split(',')[1] ?? '', 'base64'))
    // the last phone of some is said to end after the recording
    writeFileSync(join(root, 'lab', `${i}.lab`), i % 4 === 0 ? lab.replace('1.2 125', '1.7 125') : lab)
    return `wav/${i}.wav,${i % 2 === 0 ? 'low' : 'high'},${i % 4 < 2 ? 'de' : 'fr'},made`
  })
  writeFileSync(join(root, 'metadata.csv'), ['file_name,speaker,language,corpus', ...rows].join('\n'))
}

const rowsOf = (path: string) => parquetReadObjects({ file: new Uint8Array(readFileSync(path)).buffer })
const json = async (...args: string[]) => {
  const ended = await lacuna(...args, '--json')
  expect(ended.code, ended.err).toBe(0)
  return JSON.parse(ended.out)
}

beforeAll(async () => {
  put(recordings, 32)
  put(others, 8)
  await json('pretrain', 'best-rq', recordings, '--out', run, '--steps', '4', '--batch', '8', '--no-report')
})

test('embed gives a vector a recording, or a row a frame', async () => {
  const [vectors, frames] = [join(folder, 'v.parquet'), join(folder, 'f.parquet')]
  expect(await json('embed', run, recordings, '--out', vectors)).toMatchObject({ recordings: 32, width: 192 })
  const told = await json('embed', run, recordings, '--frames', '--out', frames)
  expect(told).toMatchObject({ recordings: 32, width: 192, hop: 0.02 })
  const [rows, all] = [await rowsOf(vectors), await rowsOf(frames)]
  expect(all.length).toBe(told.frames)
  const own = all.filter(({ name }) => name === 'wav/7.wav')
  const mean = own.reduce((sum, { embedding }) => sum + embedding[5], 0) / own.length
  expect(rows.find(({ name }) => name === 'wav/7.wav')?.embedding[5]).toBeCloseTo(mean, 4)
  const refused = await lacuna('embed', run, recordings, '--frames', '--out', join(folder, 'f.npy'))
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('must end in .parquet')])
})

test('evaluate tells speakers, frames and layers beside log-mel and MFCC, and says so on the page', async () => {
  const wanted = ['--seeds', '1', '--labels', 'all', '--frames', '300', '--layers']
  const found = await json('evaluate', run, recordings, '--label', 'speaker', ...wanted)
  expect(found).toMatchObject({ medium: 'audio', classes: 2, frames: { classes: 4 } })
  expect(found.probes[0].mean.raw).toBeGreaterThan(0.8)
  expect(found.frames.probe.mean.mfcc).toBeGreaterThan(0.9)
  expect(found.frames.abx.within.mean.raw).toBeLessThan(0.1)
  expect(found.frames.abx.across.triples).toBeGreaterThan(50)
  expect(found.frames.notes).toContain(
    'Alignment: 8 segments end after their recording and were cut there or left out.',
  )
  expect(found.frames.layers.map(({ layer }: { layer: string }) => layer)).toEqual([
    'block1',
    'block2',
    'block3',
    'block4',
  ])
  expect(JSON.parse(readFileSync(join(run, 'frames.json'), 'utf8')).probe).toEqual(found.frames.probe)
  const page = readFileSync(join(run, 'report.html'), 'utf8')
  for (const part of ['What frames tell', 'Layer by layer', 'log-mel + Δ', 'data:audio/wav'])
    expect(page).toContain(part)
  expect(page.replace(/(src|href)="[^"]*"/g, '')).not.toMatch(/raw pixels|pictures/)
})

test('evaluate learns from one folder and tests on another; without labels there are frames alone', async () => {
  const wanted = ['--seeds', '1', '--labels', 'all', '--frames', '200']
  const labels = ['--label', 'speaker,language', '--label', 'corpus']
  const apart = await json('evaluate', run, recordings, ...labels, '--test-data', others, ...wanted)
  expect(apart).toMatchObject({ label: 'speaker', labelled: 32, tested: 8 })
  expect(apart.further).toMatchObject([{ label: 'language', labelled: 32, tested: 8, classes: 2 }])
  expect(apart.data.notes).toContain('corpus: one for all (made), so there is nothing to tell apart by it.')
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('Balanced accuracy, by language')
  const alone = await json('evaluate', run, join(recordings, 'wav'), ...wanted)
  expect(Object.keys(alone)).toEqual(['frames', 'data'])
  expect(existsSync(join(run, 'evaluation.json'))).toBe(false) // of another question
  expect(readFileSync(join(run, 'report.html'), 'utf8')).not.toContain('Balanced accuracy')
  const nothing = await lacuna('evaluate', run, recordings, '--label', 'speaker', '--alignment', join(folder, 'none'))
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('no such folder or table')])
})

test('an export hears int16 of any length as embed does', async () => {
  const [out, vectors] = [join(folder, 'encoder'), join(folder, 'v.parquet')]
  await json('export', run, '--out', out)
  await json('embed', run, recordings, '--out', vectors)
  const wave = readFileSync(join(recordings, 'wav', '3.wav')).subarray(44)
  const audio = Float32Array.from({ length: wave.length / 2 }, (_, i) => wave.readInt16LE(2 * i) / 32768)
  const session = await ort.InferenceSession.create(join(out, 'encoder.onnx'))
  const { features } = await session.run({ audio: new ort.Tensor('float32', audio, [audio.length]) })
  const expected = (await rowsOf(vectors)).find(({ name }) => name === 'wav/3.wav')?.embedding
  const largest = Math.max(...expected.map(Math.abs))
  for (const [i, value] of Array.from(features?.data as Float32Array).entries())
    expect(Math.abs(value - expected[i])).toBeLessThan(1e-4 * largest)
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('Turns a recording of any length into 192 numbers')
})
