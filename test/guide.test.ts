import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { usual } from '../src/report/verdict/usual-steps.js'
import { layOut } from './guide-data.js'
import { main, temporary } from './lacuna.js'

/** Of npm's, each is made by a link where a reader would install it. */
const installed = { lacuna: '.', sharp: 'node_modules/sharp', 'onnxruntime-node': 'node_modules/onnxruntime-node' }

const guide = resolve('docs/guide')
const folder = temporary()
const bin = join(folder, 'bin')

/** The pages in the order of the contents: they go on with the run that the first one makes. */
const contents = readFileSync(join(guide, 'README.md'), 'utf8')
const pages = ['README.md', ...new Set(Array.from(contents.matchAll(/\]\(([\w-]+\.md)\)/g), ([, page = '']) => page))]
/** What `npm run options` writes has a test of its own. */
const written = 'options.md'

beforeAll(async () => {
  await layOut(folder)
  mkdirSync(bin)
  const npx = join(bin, 'npx')
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = lacuna ] && shift && exec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(npx, 0o755)
  mkdirSync(join(folder, 'node_modules'))
  for (const [name, place] of Object.entries(installed))
    symlinkSync(resolve(place), join(folder, 'node_modules', name), 'dir')
})

test('the contents name every page', () => {
  const there = readdirSync(guide).filter(name => name.endsWith('.md'))
  expect(pages.toSorted()).toEqual(there.toSorted())
})

test.each(pages)('%s: its links lead somewhere', page => {
  const text = readFileSync(join(guide, page), 'utf8')
  for (const [, path = '', anchor] of text.matchAll(/\]\(([^)#:]*)(?:#([\w-]+))?\)/g)) {
    const target = path === '' ? join(guide, page) : join(guide, path)
    expect(existsSync(target), `${page}: ${path}`).toBe(true)
    if (anchor !== undefined) expect(headingsOf(readFileSync(target, 'utf8')), `${page}: ${path}`).toContain(anchor)
  }
})

test('the map of the house leads to files that are there', () => {
  const links = Array.from(readFileSync('docs/house.md', 'utf8').matchAll(/\]\(([^)]*)\)/g), ([, path = '']) => path)
  expect(links.length).toBeGreaterThan(20)
  expect(links.filter(path => !existsSync(join('docs', path)))).toEqual([])
})

/** As GitHub names them. */
const headingsOf = (page: string): string[] =>
  Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )

test.each(pages.filter(page => page !== written))('%s: its commands run, and print what it says', async page => {
  const blocks = blocksOf(readFileSync(join(guide, page), 'utf8'))
  expect(blocks.filter(({ kind, text }) => kind === 'sh' && text.includes('npx lacuna'))).not.toEqual([])
  let printed = ''
  for (const { kind, rest, text, line } of blocks) {
    const where = `${page}:${line}`
    const lines = text.trimEnd().split('\n')
    if (kind === 'sh') {
      const ended = await shell(text)
      printed = ended.printed
      expect(ended.code === 0, `${where} ended with ${ended.code}\n${text}${printed}`).toBe(rest !== 'fails')
    } else if (kind === 'text') for (const wanted of lines) expectLine(printed, wanted, where)
    else if (kind === 'tree')
      for (const path of lines) expect(existsSync(join(folder, path)), `${where} ${path}`).toBe(true)
    else if (rest !== '') write(rest, text)
    else expect(text, `${where}: a block that is neither run, compared nor written`).toMatch(/^npm install [\w./-]+\n$/)
  }
})

test('the steps of the shortest training are those that verdicts go by', () => {
  const rows = readFileSync(join(guide, 'methods.md'), 'utf8').matchAll(/^\| `([\w-]+)` \|.*\| (\d+) \|$/gm)
  expect(Object.fromEntries(Array.from(rows, ([, method, steps]) => [method, Number(steps)]))).toEqual(usual)
})

test("exports.md has the card's own program for Node", () => {
  const program = /```js encoder\/try\.mjs\n([\s\S]*?)```/.exec(readFileSync(join(guide, 'exports.md'), 'utf8'))?.[1]
  expect(readFileSync(join(folder, 'encoder', 'README.md'), 'utf8')).toContain(program)
})

test.skipIf(spawnSync('python3', ['-c', 'import onnxruntime']).status !== 0)('its program in Python runs', async () => {
  const { code, printed } = await shell('cd encoder && python3 ask.py')
  expect(code, printed).toBe(0)
  expect(printed).toContain("tensor(uint8) ['N', 32, 32, 3]")
  for (const key of ['image.preprocessing', 'image.range', 'lacuna.encoder', 'lacuna.layer'])
    expect(printed).toContain(`${key} = `)
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** A line of a page was printed; `…` stands for anything. */
function expectLine(printed: string, wanted: string, where: string): void {
  const parts = wanted.split('…').map(part => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = parts.join('.*').replace(/\s+/g, '\\s+')
  expect(printed, where).toMatch(new RegExp(`^\\s*${pattern}\\s*$`, 'm'))
}

interface Block {
  /** `sh` is run; `text` are lines that it has printed; `tree` are files that are there; any other is a file to write */
  readonly kind: string
  /** `fails` for commands that show an error; the path of a file */
  readonly rest: string
  readonly text: string
  readonly line: number
}

function blocksOf(page: string): Block[] {
  return Array.from(
    page.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm),
    ({ 1: kind = '', 2: rest = '', 3: text = '', index }) => ({
      kind,
      rest,
      text,
      line: page.slice(0, index).split('\n').length,
    }),
  )
}

/** Runs commands in the folder as a reader would, with a home of its own for the cache. */
function shell(commands: string): Promise<{ code: unknown; printed: string }> {
  const { LACUNA_CACHE: _, ...env } = process.env
  const options = {
    cwd: folder,
    env: { ...env, HOME: join(folder, 'home'), PATH: [bin, env.PATH].join(delimiter) },
  }
  return new Promise(done =>
    execFile('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${commands}`], options, (error, out) =>
      done({ code: error?.code ?? 0, printed: out }),
    ),
  )
}
