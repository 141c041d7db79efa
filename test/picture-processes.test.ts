import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { build, type Plan } from '#lacuna/data/build.js'
import { pictureMaker } from '#lacuna/data/picture-maker.js'
import { pictureProcesses } from '#lacuna/data/picture-processes.js'
import { sourceAt } from '#lacuna/data/readers.js'
import { sharp } from '../src/data/sharp.js'
import { picture, plain, tar } from '../src/data/testing.js'
import { temporary } from './lacuna.js'

const folder = temporary()
const photos = join(folder, 'photos')
const small = join(folder, 'small')
const packed = join(folder, 'photos.tar')
const PHOTOS = 1200
const reading = { fit: 'crop', background: '#ffffff', range: 'auto' } as const

/** Photographs, which take seconds; then what is left to the process that asks, what is damaged, and a last photograph. */
beforeAll(async () => {
  for (const made of [photos, small]) mkdirSync(made)
  const photo = (i: number) => {
    const [width, height] = [500, 300 + i]
    const values = Array.from({ length: 3 * width * height }, (_, at) => ((at >> 4) * (i + 7919)) % 251)
    return picture(width, height, values).jpeg().toBuffer()
  }
  const different = await Promise.all(Array.from({ length: 24 }, (_, i) => photo(i)))
  const nameOf = (i: number) => join(photos, `${`${i}`.padStart(5, '0')}.jpg`)
  for (let i = 0; i < PHOTOS; i++)
    if (i < different.length) writeFileSync(nameOf(i), different[i] ?? '')
    else linkSync(nameOf(i % different.length), nameOf(i))
  const deep = Uint16Array.from({ length: 40 * 40 }, (_, i) => 300 + 20 * i)
  const raw = { width: 40, height: 40, channels: 1, depth: 'ushort' } as const
  const large = { width: 5200, height: 5000, channels: 3, background: 'red' } as const // 78 MB
  for (const i of [1, 2]) {
    await sharp(deep, { raw })
      .toColourspace('grey16')
      .png()
      .toFile(join(photos, `deep-${i}.png`))
    await sharp({ create: large })
      .png({ compressionLevel: 1 })
      .toFile(join(photos, `large-${i}.png`))
  }
  writeFileSync(join(photos, 'x-cut.jpg'), (different[0] ?? Buffer.of()).subarray(0, 3000))
  writeFileSync(join(photos, 'x-empty.jpg'), '')
  writeFileSync(join(photos, 'x-other.png'), 'BM is a bitmap')
  writeFileSync(join(photos, 'z.jpg'), different[5] ?? '')
  for (let i = 0; i < 100; i++) writeFileSync(join(small, `${i}.png`), await plain([i]))
  writeFileSync(packed, tar(readdirSync(photos).map(name => [name, readFileSync(join(photos, name))])))
})

/** Everything of a store that others can see. @param count of processes; as many as are worth it unless told */
async function storeOf(source: string, count?: number, more: Partial<Plan> = {}) {
  const listing = await (await sourceAt(source, [], { medium: 'image', media: ['image'] })).list()
  const wanted = { size: 24, channels: 3, reading, signal: more.signal } as const
  const directory = join(folder, 'stores', `${readdirSync(folder).length}-${Math.random()}`)
  const plan: Plan = { source, media: ['image'], fingerprint: '', directory, listed: [], ...more }
  const { source: _, ...index } = await build(listing, [place => pictureMaker(listing, wanted, place, count)], plan)
  expect(readdirSync(directory).sort()).toEqual(['image.u8', 'index.json', 'items.jsonl', 'skipped.jsonl'])
  const pixels = createHash('sha256').update(readFileSync(join(directory, 'image.u8')))
  return { ...index, pixels: pixels.digest('hex') }
}

const states = () =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent) }]
      } catch {
        return [] // has just ended
      }
    })
const childrenOf = (of: number | undefined) => states().filter(({ parent }) => parent === of)
const areRunning = (pids: readonly number[]) => states().some(({ pid }) => pids.includes(pid))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(10)
}

describe('a store is the same however many processes decode', () => {
  test.each([
    ['a folder', photos],
    ['a tar', packed],
  ])('%s', async (_, source) => {
    const alone = await storeOf(source, 0)
    expect(alone.items).toHaveLength(PHOTOS + 5)
    expect(alone.skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ['x-cut.jpg', 'is damaged or truncated'],
      ['x-empty.jpg', 'is empty'],
      ['x-other.png', 'is BMP, which cannot be read: convert it to JPEG or PNG'],
    ])
    expect(alone.notes.join('\n')).toContain('Pictures of more than 8 bits (2 of 1205 with 16 bits)')
    for (const count of [1, 3]) expect(await storeOf(source, count)).toEqual(alone)
  })
})

const hasProc = existsSync('/proc/self/stat')

describe.skipIf(!hasProc)('processes', () => {
  test('that are killed are done without', async () => {
    const before = childrenOf(process.pid).map(({ pid }) => pid)
    const building = storeOf(photos, 3)
    for (let killed = 0; killed < 3; ) {
      await wait(100)
      const [child] = childrenOf(process.pid).filter(({ pid }) => !before.includes(pid))
      if (child === undefined) continue
      process.kill(child.pid, 'SIGKILL')
      killed++
    }
    expect(await building).toEqual(await storeOf(photos, 0))
  })

  test('end when too much cannot be read, and when decoding is given up', async () => {
    const before = childrenOf(process.pid).length
    await expect(storeOf(photos, 2, { allowSkipped: 0 })).rejects.toThrow('1 or more of 1208 pictures cannot be read')
    const controller = new AbortController()
    const onProgress = ({ done }: { readonly done: number }) => {
      if (done > PHOTOS / 2) controller.abort(new Error('given up'))
    }
    await expect(storeOf(photos, 2, { signal: controller.signal, onProgress })).rejects.toThrow('given up')
    expect(childrenOf(process.pid)).toHaveLength(before)
    expect(readdirSync(join(folder, 'stores')).filter(name => name.includes('.part-'))).toEqual([])
  })

  describe('hand over pixels in a file', () => {
    const wanted = { size: 24, channels: 3, ...reading } as const
    const bytes = 24 * 24 * 3
    const started = (name: string) => {
      const place = join(folder, name)
      mkdirSync(place)
      const all = pictureProcesses(place, bytes, 2)
      const slots = () => statSync(join(place, 'slots')).size / bytes
      return { all, slots, ask: (i: number) => all.ask(join(photos, `${`${i % 24}`.padStart(5, '0')}.jpg`), wanted) }
    }

    test('that has no more room than pictures under way, whether they are taken, dropped or damaged', async () => {
      const { all, ask, slots } = started('taken')
      const pixels = async (i: number) => Uint8Array.from((await ask(i))?.pixels() ?? [])
      const first = await pixels(3)
      expect(first).toHaveLength(bytes)
      for (let i = 0; i < 10; i++) {
        ;(await ask(i))?.drop?.()
        await expect(all.ask(join(photos, 'x-cut.jpg'), wanted)).rejects.toThrow('is damaged or truncated')
      }
      expect(slots()).toBe(1)
      const several = await Promise.all([pixels(3), pixels(4), pixels(3)])
      expect([several[0], several[2]]).toEqual([first, first])
      expect(several[1]).not.toEqual(first)
      expect(slots()).toBe(3)
      await all.close()
    })

    test('that does not grow where no process is left', async () => {
      const before = childrenOf(process.pid).map(({ pid }) => pid)
      const { all, ask, slots } = started('killed')
      await Promise.all([ask(0), ask(1)])
      for (const { pid } of childrenOf(process.pid)) if (!before.includes(pid)) process.kill(pid, 'SIGKILL')
      await until(() => childrenOf(process.pid).length === before.length)
      await wait(10)
      for (let i = 0; i < 50; i++) expect(await ask(i)).toBeUndefined()
      expect(slots()).toBeLessThan(5)
      await all.close()
    })
  })

  test('are there for many pictures, and for few there are none', async () => {
    const before = childrenOf(process.pid).length
    const most = async (source: string) => {
      let most = 0
      await storeOf(source, undefined, { onProgress: () => (most = Math.max(most, childrenOf(process.pid).length)) })
      return most - before
    }
    expect(await most(small)).toBe(0)
    expect((await most(photos)) > 1).toBe(availableParallelism() > 1)
  })

  /** Another process that decodes with two of its own. */
  async function decoding(ending = ''): Promise<{ parent: ChildProcess; own: number[] }> {
    const at = (file: string) => JSON.stringify(pathToFileURL(resolve('dist', 'data', file)).href)
    const script = join(folder, `decoding-${Math.random()}.mjs`)
    const wanted = { size: 24, channels: 3, reading }
    const plan = { source: photos, media: ['image'], fingerprint: '', directory: `${script}.store`, listed: [] }
    writeFileSync(
      script,
      `import { build } from ${at('build.js')}
      import { pictureMaker } from ${at('picture-maker.js')}
      import { sourceAt } from ${at('readers.js')}
      const listing = await (await sourceAt(${JSON.stringify(photos)}, [], { medium: 'image', media: ['image'] })).list()
      ${ending}
      await build(listing, [place => pictureMaker(listing, ${JSON.stringify(wanted)}, place, 2)], ${JSON.stringify(plan)})`,
    )
    const parent = spawn(process.execPath, [script], { stdio: 'ignore' })
    let own: number[] = []
    await until(() => {
      own = childrenOf(parent.pid).map(({ pid }) => pid)
      return own.length === 2 || parent.exitCode !== null
    })
    expect(own).toHaveLength(2)
    return { parent, own }
  }

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('end with the one that asks: %s', async signal => {
    const { parent, own } = await decoding()
    parent.kill(signal)
    await until(() => parent.signalCode === signal && !areRunning(own))
  })

  test.each(["throw new Error('unforeseen')", 'process.exit()'])('end with the one that asks: %s', async end => {
    const { parent, own } = await decoding(`setTimeout(() => { ${end} }, 700)`)
    await until(() => parent.exitCode !== null && !areRunning(own))
  })
})
