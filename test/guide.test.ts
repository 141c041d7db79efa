import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { layOut } from './guide-data.js'
import { main, temporary } from './lacuna.js'

/** Of npm's, each is made by a link where a reader would install it. */
const installed = { lacuna: '.', sharp: 'node_modules/sharp', 'onnxruntime-node': 'node_modules/onnxruntime-node' }

const guide = resolve('docs/guide')
const folder = temporary()
const bin = join(folder, 'bin')

/** The pages in the order of the contents: they go on with the run that the first one makes. */
const contents = readFileSync(join(guide, 'README.md'), 'utf8')
const pages = ['README.md', ...new Set(Array.from(contents.matchAll(/\]\((\w+\.md)\)/g), ([, page = '']) => page))]
/** What `npm run options` writes has a test of its own. */
const written = 'options.md'

beforeAll(async () => {
  await layOut(folder)
  mkdirSync(bin)
  const npx = join(bin, 'npx')
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = lacuna ] && shift && exec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(npx, 0o755)
  for (const [name, place] of Object.entries(installed)) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    symlinkSync(resolve(place), join(folder, 'node_modules', name), 'dir')
  }
})

test('the contents name every page', () => {
  const there = readdirSync(guide).filter(name => name.endsWith('.md'))
  expect(pages.toSorted()).toEqual(there.toSorted())
})

test.each(pages.filter(page => page !== written))('%s: its commands run, and print what it says', async page => {
  const blocks = blocksOf(readFileSync(join(guide, page), 'utf8'))
  expect(blocks.filter(({ kind, text }) => kind === 'sh' && text.includes('npx lacuna'))).not.toEqual([])
  let printed = ''
  for (const { kind, rest, text, line } of blocks) {
    const where = `${page}:${line}`
    if (kind === 'sh') {
      const ended = await shell(text)
      printed = ended.printed
      const expected = rest === 'fails' ? /^[12]$/ : /^0$/
      expect(`${ended.code}`, `${where}\n${text}${printed}`).toMatch(expected)
    } else if (kind === 'text') for (const wanted of text.trimEnd().split('\n')) expectLine(printed, wanted, where)
    else if (rest !== '') {
      mkdirSync(dirname(join(folder, rest)), { recursive: true })
      writeFileSync(join(folder, rest), text)
    } else expect(kind, `${where}: a block that is neither run, compared nor written`).toBe('tree')
  }
})

/** A line of a page was printed; `…` stands for anything. */
function expectLine(printed: string, wanted: string, where: string): void {
  const parts = wanted.split('…').map(part => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = parts.join('.*').replace(/\s+/g, '\\s+')
  expect(printed, where).toMatch(new RegExp(`^\\s*${pattern}\\s*$`, 'm'))
}

interface Block {
  /** `sh` is run; `text` is what the block before has printed; any other is a file, or a `tree` of files */
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
