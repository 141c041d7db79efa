/**
 * What the measures against shortcuts are worth: jigsaw and relative position trained on photos with all of them and with some
 * switched off. Writes `docs/shortcuts.md`.
 *
 * usage: npm run shortcuts [-- FOLDER_OF_PHOTOS] [--steps N] [--out FOLDER] [--page FILE]
 * The photos come from `npm run photos`, the labelled emoji from the package that `npm ci` brings. About 12 minutes on 2 cores.
 * Trainings that `runs/shortcuts` has already are not repeated; remove a folder there to measure it anew.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Evaluation } from 'lacuna'
import { emojiFolder } from './emoji.js'
import { inTurns, lacuna } from './lacuna.js'
import { type Pretext, type Row, shortcutsPage } from './shortcuts-page.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '600' },
    out: { type: 'string', default: join('runs', 'shortcuts') },
    page: { type: 'string', default: join('docs', 'shortcuts.md') },
  },
})
const [photos = join('runs', 'photos')] = positionals
const labelled = emojiFolder(join('runs', 'quickstart-data'))
if (!existsSync(photos)) {
  console.error(`${photos}: not there; npm run photos makes it`)
  process.exit(1)
}

const colours = { jigsaw: ['shift=0', 'greyscale=0'], 'relative-position': ['colour=keep'] }
const touching = ['gap=false', 'jitter=false']
const rows = (['jigsaw', 'relative-position'] as const).flatMap(method =>
  [
    { title: 'nothing', name: 'all', set: [] },
    { title: 'the gap', name: 'no-gap', set: ['gap=false'] },
    { title: 'the jitter', name: 'no-jitter', set: ['jitter=false'] },
    { title: 'gap and jitter', name: 'touching', set: touching },
    { title: 'the normalisation', name: 'no-normalisation', set: ['normalise=false'] },
    { title: 'everything', name: 'none', set: [...touching, 'normalise=false', ...colours[method]] },
  ].map(({ title, name, set }) => {
    const out = join(values.out, `${method}-${name}`)
    const settings = set.flatMap(setting => ['--set', setting])
    const train = ['--size', '64', '--encoder', 'c4-half', '--steps', values.steps, '--batch', '32', '--lr', '8e-3']
    return {
      method,
      title,
      out,
      commands: [
        ['pretrain', method, photos, ...train, ...settings, '--products', 'fp32', '--threads', '1', '--out', out],
        ['pretext', out, photos, '--threads', '1'],
        ['evaluate', out, labelled, '--labels', '10', '--seeds', '1', '--threads', '1'],
      ],
    }
  }),
)

await inTurns(
  rows.map(({ out, commands }) => async () => {
    if (existsSync(join(out, 'evaluation.json'))) return
    rmSync(out, { recursive: true, force: true })
    for (const command of commands) await lacuna(command)
  }),
)
const read = <T>(out: string, file: string) => JSON.parse(readFileSync(join(out, file), 'utf8')) as T
const measured = rows.map(
  (row): Row => ({
    ...row,
    pretext: read<Pretext>(row.out, 'pretext.json'),
    evaluation: read<Evaluation>(row.out, 'evaluation.json'),
  }),
)
mkdirSync(dirname(values.page), { recursive: true })
writeFileSync(values.page, shortcutsPage(measured))
console.log(readFileSync(values.page, 'utf8'))
