/**
 * Packs Lacuna, installs the package into empty projects, and does there what the README shows: the library's example (with
 * numbers small enough for seconds), `lacuna --help`, `lacuna doctor` and a pretraining; and, by npm, what the README of
 * `examples/own-method` shows.
 *
 * npm run try-package                        with every package manager, and with every Node
 * npm run try-package -- --only npm,pnpm     with these
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sharp } from '#lacuna/data/sharp.js'
import { runs, type Trial, trials } from './package-trials.js'
import { tryExample } from './try-example.js'

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const only = values.only?.split(',')
const chosen = trials.filter(({ name }) => only?.includes(name) ?? true)
const unknown = only?.filter(name => !trials.some(trial => trial.name === name)) ?? []
if (unknown.length > 0) {
  console.error(`--only: no "${unknown}" among ${trials.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const work = mkdtempSync(join(tmpdir(), 'lacuna-package-'))
// onnxruntime-node's install script goes through this proxy: its download fails here as it does behind a firewall
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))), // those of this `npm run`
  GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
  LACUNA_CACHE: join(work, 'cache'),
}

let failed = 0
try {
  const [{ filename, size }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', work], { encoding: 'utf8' }),
  )
  console.log(`${filename}: ${(size / 1e6).toFixed(0)} MB`)
  for (const trial of chosen) {
    const start = performance.now()
    const problem = await attempt(trial, join(work, filename))
    if (problem !== undefined) failed++
    console.log(
      `${trial.name.padEnd(8)} ${problem === undefined ? 'works' : 'FAILED'} after ${((performance.now() - start) / 1000).toFixed(0)} s${problem === undefined ? '' : `\n${problem}`}`,
    )
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exit(failed === 0 ? 0 : 1)

/** @returns what went wrong, if something did */
async function attempt({ name, files, install, node, lacuna }: Trial, tarball: string): Promise<string | undefined> {
  const project = join(work, name)
  mkdirSync(join(project, 'photos'), { recursive: true })
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'trial', private: true, type: 'module' }))
  for (const [file, text] of Object.entries(files ?? {})) writeFileSync(join(project, file), text)
  writeFileSync(join(project, 'example.js'), example())
  await pictures(join(project, 'photos'))
  await pictures(join(project, 'labelled-photos'), ['light', 'dark'])
  try {
    const commands = [
      ...install(tarball),
      [...node, 'example.js'],
      [...lacuna, '--help'],
      [...lacuna, 'doctor'],
      [
        ...lacuna,
        ...'pretrain simclr photos --size 16 --encoder c4-half --batch 16 --steps 3 --out runs/cli'.split(' '),
      ],
    ]
    for (const [command = '', ...args] of commands) {
      const { status, stdout, stderr, error } = spawnSync(command, args, {
        cwd: project,
        env: environment,
        encoding: 'utf8',
      })
      const said = `${stdout}${stderr}`
      if (status !== 0) return `${[command, ...args].join(' ')}\n${error?.message ?? said.slice(-3000)}`
    }
    if (!readdirSync(join(project, 'encoder')).includes('encoder.onnx'))
      return 'the example left no encoder/encoder.onnx'
    return name === 'npm' ? (types(project) ?? tryExample(tarball, join(work, 'own-method'), environment)) : undefined
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** Compiles the example as a strict project without the DOM library does, all declarations checked. */
function types(project: string): string | undefined {
  writeFileSync(join(project, 'example.ts'), readFileSync(join(project, 'example.js')))
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const options = `--noEmit --strict --skipLibCheck false --lib ES2023 --target ES2022 --module NodeNext --types node --typeRoots ${resolve('node_modules/@types')}`
  const { status, stdout } = spawnSync('node', [tsc, ...options.split(' '), 'example.ts'], {
    cwd: project,
    encoding: 'utf8',
  })
  return status === 0 ? undefined : stdout
}

/** The README's example of the library; only its numbers are others. */
function example(): string {
  const code = /```ts\n(import .* from 'lacuna'[\s\S]*?)```/.exec(readFileSync(resolve('README.md'), 'utf8'))?.[1]
  if (code === undefined) throw new Error("README.md: a ```ts block that imports from 'lacuna' expected, got none")
  return runs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`README.md: "${from}" expected in the library's example, got none`)
    return text.replaceAll(from, to)
  }, code)
}

/** 32 pictures of noise on grounds of two kinds, one folder each if these have names. */
async function pictures(folder: string, [light = '', dark = '']: readonly string[] = []): Promise<void> {
  for (let i = 0; i < 32; i++) {
    const directory = join(folder, i % 2 === 0 ? light : dark)
    mkdirSync(directory, { recursive: true })
    const pixels = Uint8Array.from({ length: 24 * 24 * 3 }, () => Math.random() * 100 + (i % 2 === 0 ? 155 : 0))
    await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
      .png()
      .toFile(join(directory, `${i}.png`))
  }
}
