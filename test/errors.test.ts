import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { emoji, lacuna, temporary } from './lacuna.js'

const folder = temporary()
const few = join(folder, 'few')
const nowhere = join(folder, 'nowhere')
const run = join(folder, 'run')
let left: readonly string[] = []
const short = ['--steps', '2', '--batch', '4', '--encoder', 'c4-half']

/** A one-line message on stderr, nothing on stdout, the exit code as designed. */
async function fails(code: number, message: RegExp, ...args: string[]): Promise<void> {
  const ended = await lacuna(...args)
  expect(ended).toMatchObject({ code, out: '' })
  const lines = ended.err.trim().split('\n')
  expect(lines.filter(line => line.startsWith('lacuna: '))).toHaveLength(1)
  expect(lines.at(-1)).toMatch(message)
}

beforeAll(async () => {
  mkdirSync(few, { recursive: true })
  for (const name of readdirSync(emoji).slice(0, 12)) copyFileSync(join(emoji, name), join(few, name))
  const ended = await lacuna('pretrain', 'simclr', few, '--out', run, ...short)
  expect(ended.code, ended.err).toBe(0)
  left = readdirSync(run)
})

test('a folder that does not exist', () =>
  fails(1, /nowhere.*no such/i, 'pretrain', 'simclr', nowhere, '--out', join(folder, 'a')))

test('a folder without pictures says what it found', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  writeFileSync(join(empty, 'notes.txt'), 'nothing to see')
  await fails(1, /empty.*picture/i, 'pretrain', 'simclr', empty, '--out', join(folder, 'a'))
})

test.each(['pretrain', 'preview'])('%s: names that do not exist are told before pictures are opened', async command => {
  const out = ['--out', join(folder, 'a')]
  await fails(2, /nonsense.*resnet18/, command, 'simclr', nowhere, '--encoder', 'nonsense', ...out)
  await fails(2, /vit:dim=7.*depth/, command, 'simclr', nowhere, '--encoder', 'vit:dim=7', ...out)
  await fails(2, /simcrl.*simclr/, command, 'simcrl', nowhere, ...out)
  await fails(2, /temprature/, command, 'simclr', nowhere, '--set', 'temprature=1', ...out)
})

test('preview: what a setting does not take is told before pictures are opened', async () => {
  await fails(2, /--size must be .* not "many"$/, 'preview', 'simclr', nowhere, '--size', 'many')
  await fails(2, /--fit must be crop, pad or squash/, 'preview', 'simclr', nowhere, '--fit', 'stretch')
  await fails(2, /--set must be .*key=value, not "flip"$/, 'preview', 'simclr', nowhere, '--set', 'flip')
})

test('several seeds are not put into a run, trained or being trained', async () => {
  const says = /is a run itself, and --seeds 3 makes a folder of runs; .* such as .*-seeds, or leave --seeds away/
  await fails(2, says, 'pretrain', 'simclr', nowhere, '--out', run, '--seeds', '3')
  await fails(2, says, 'pretrain', 'simclr', nowhere, '--out', run, '--seeds', '3', '--resume')
  const begun = join(folder, 'begun')
  mkdirSync(begun)
  writeFileSync(join(begun, 'lock.json'), '{}')
  await fails(2, says, 'pretrain', 'simclr', nowhere, '--out', begun, '--seeds', '3')
})

test('a wrong --config is told before pictures are opened', async () => {
  const written = (name: string, document: unknown) => {
    const file = join(folder, name)
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document))
    return ['--config', file, '--out', join(folder, 'a')]
  }
  const data = { source: nowhere }
  await fails(2, /--config .*nowhere: no such file/, 'pretrain', '--config', nowhere)
  await fails(2, /half\.json: no JSON/, 'pretrain', ...written('half.json', '{"method": '))
  await fails(
    2,
    /k\.json: unknown "sede" \(did you mean seed\?\)$/,
    'pretrain',
    ...written('k.json', { data, sede: 1 }),
  )
  await fails(2, /v\.json: batch \(--batch\) must be/, 'pretrain', ...written('v.json', { data, batch: 'many' }))
  await fails(2, /simcrl.*simclr/, 'pretrain', ...written('m.json', { method: 'simcrl', data }))
  await fails(2, /resnet19.*resnet18/, 'pretrain', ...written('e.json', { method: 'mae', data, encoder: 'resnet19' }))
  await fails(
    2,
    /no method called mine/,
    'pretrain',
    ...written('p.json', { method: 'mine', data, plugins: ['./p.js'] }),
  )
  await fails(2, /a method and data are expected/, 'pretrain', ...written('q.json', { method: './p.js', data }))
  await fails(2, /a method and data are expected/, 'pretrain', ...written('n.json', { data }))
  await fails(2, /^lacuna: data is expected/, 'pretrain', 'simclr', '--out', join(folder, 'a'))
  await fails(2, /--out is expected/, 'pretrain', 'simclr', few)
})

test('a batch larger than the data', () =>
  fails(
    2,
    /batch of 64 is larger than the data: 12 pictures; choose --batch 12 or less/,
    'pretrain',
    'simclr',
    few,
    '--batch',
    '64',
    '--out',
    join(folder, 'a'),
  ))

test('a run folder that exists is left as it is', async () => {
  const before = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
  await fails(
    2,
    /a run is there already; go on with --resume, or choose another --out/,
    'pretrain',
    'simclr',
    few,
    '--out',
    run,
    ...short,
  )
  expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(before)
})

test('a folder with something else in it is left as it is', () =>
  fails(2, /not empty/, 'pretrain', 'simclr', few, '--out', few, ...short))

test('failed commands leave no run behind', () => expect(readdirSync(folder)).not.toContain('a'))

test('one class only', async () => {
  const one = join(folder, 'one')
  mkdirSync(one)
  const names = readdirSync(few)
  for (const name of names) copyFileSync(join(few, name), join(one, name))
  writeFileSync(join(one, 'metadata.csv'), `file_name,label\n${names.map(name => `${name},face\n`).join('')}`)
  await fails(1, /one class only \(face\)/, 'evaluate', run, one)
})

test('pictures without labels', () => fails(1, /no labels.*folder of its own|metadata/, 'evaluate', run, few))

test('more labels than a class has', async () => {
  const two = join(folder, 'two')
  mkdirSync(two)
  const names = readdirSync(few)
  for (const name of names) copyFileSync(join(few, name), join(two, name))
  const row = (name: string, i: number) => `${name},${i % 2 ? 'odd' : 'even'},${i < 8 ? 'train' : 'test'}\n`
  writeFileSync(join(two, 'metadata.csv'), `file_name,label,split\n${names.map(row).join('')}`)
  await fails(2, /5 labels a class are asked for, but even has 4/, 'evaluate', run, two, '--labels', '2,5')
})

test('a run that is none', () => fails(1, /not a run folder/, 'evaluate', few, few))

test('a picture store of another size', async () => {
  const cache = join(folder, 'cache')
  await lacuna(
    'preview',
    'simclr',
    few,
    '--size',
    '48',
    '--cache',
    cache,
    '--count',
    '2',
    '--out',
    join(folder, 'sheet.png'),
  )
  const [store = ''] = readdirSync(cache)
  await fails(2, /48.*32|32.*48/, 'embed', run, join(cache, store), '--out', join(folder, 'v.npy'))
})

test('a file of another kind for the vectors', () =>
  fails(2, /\.npy or \.parquet/, 'embed', run, few, '--out', join(folder, 'v.csv')))

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a device that does not work is told before pictures are opened, as doctor tells it, and nothing else', async () => {
  vi.stubEnv('VK_DRIVER_FILES', nowhere)
  vi.stubEnv('LD_LIBRARY_PATH', nowhere)
  const { out, err } = await lacuna('doctor', '--json')
  expect(err).toBe('')
  const findings = JSON.parse(out) as { name: string; works: boolean; detail: string }[]
  for (const { name, works, detail } of findings.filter(found => found.name === 'webgpu' || found.name === 'cuda')) {
    if (works) continue
    expect(detail).toMatch(RegExp(`^${name} does not work on this machine: .*; it needs `))
    for (const command of [
      ['embed', run, nowhere, '--out', join(folder, 'v.npy')],
      ['pretext', run, nowhere],
      ['pretrain', 'simclr', nowhere, '--out', join(folder, 'a')],
    ])
      expect(await lacuna(...command, '--device', name)).toEqual({
        code: 1,
        signal: null,
        out: '',
        err: `lacuna: ${detail}\n`,
      })
  }
})

test('more threads than cores', () =>
  fails(
    2,
    /--threads 9999: (a whole number from 1 to|only 1)/,
    'embed',
    run,
    few,
    '--threads',
    '9999',
    '--out',
    join(folder, 'v.npy'),
  ))

test('wrong usage ends with 2', async () => {
  expect((await lacuna('pretrain')).code).toBe(2)
  expect((await lacuna('pretrain', 'simclr', few, '--out', join(folder, 'a'), '--batch', 'many')).code).toBe(2)
  expect((await lacuna('nonsense')).code).toBe(2)
})

test('a checkpoint cut in half', async () => {
  const cut = join(folder, 'cut')
  mkdirSync(join(cut, 'checkpoint'), { recursive: true })
  copyFileSync(join(run, 'config.json'), join(cut, 'config.json'))
  const state = join(cut, 'checkpoint', 'state.safetensors')
  copyFileSync(join(run, 'checkpoint', 'state.safetensors'), state)
  const whole = readFileSync(state).length
  truncateSync(state, Math.floor(whole / 2))
  await fails(1, /state\.safetensors.*cut short/, 'embed', cut, few, '--out', join(folder, 'v.npy'))
  await fails(1, /state\.safetensors.*cut short/, 'pretrain', 'simclr', few, '--out', cut, '--resume')
  expect(readFileSync(state).length).toBe(Math.floor(whole / 2))
})

test('a damaged config.json', async () => {
  const broken = join(folder, 'broken')
  mkdirSync(broken)
  writeFileSync(join(broken, 'config.json'), '{"version": 1')
  await fails(1, /config\.json.*damaged/, 'export', broken, '--out', join(folder, 'e'))
})

test('a run without a checkpoint', async () => {
  const bare = join(folder, 'bare')
  mkdirSync(bare)
  copyFileSync(join(run, 'config.json'), join(bare, 'config.json'))
  await fails(1, /no checkpoint yet/, 'embed', bare, few, '--out', join(folder, 'v.npy'))
})

test('everything is still there', () => {
  rmSync(join(folder, 'cache'), { recursive: true, force: true })
  expect(left).toContain('checkpoint')
  expect(readdirSync(run)).toEqual(left)
})

test.each([
  [['--epochs', '0'], /--epochs must be a number above 0, not 0$/],
  [['--warmup', '2'], /--warmup must be a share of the steps, from 0 to 1, not 2$/],
])('%s is told before pictures are decoded', async (wrong, message) => {
  const cache = join(folder, 'no cache')
  await fails(2, message, 'pretrain', 'simclr', few, '--out', join(folder, 'wrong'), ...wrong, '--cache', cache)
  expect(readdirSync(folder)).not.toContain('no cache')
})
