/**
 * Repeats the measured results and writes `docs/results.md`.
 *
 * usage: npm run results [-- NAME ...]     only the named experiments; the page shows all that have been run
 * What `runs/results` has already is not repeated; remove a folder there to measure it anew.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Evaluation, Pretext } from 'lacuna'
import { type Experiment, experiments, sources } from './experiments.js'
import { inTurns, lacuna } from './lacuna.js'
import { type Outcome, resultsPage, type Total } from './results-page.js'

const root = join('runs', 'results')
const wanted = process.argv.slice(2)
const chosen = experiments.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

for (const { path, from } of chosen.map(({ on }) => sources[on]))
  if (!existsSync(path)) {
    console.error(`${path} is not there; it comes from ${from}`)
    process.exit(1)
  }

const inOneGo = wanted.length === 0 && !existsSync(root)
const started = Date.now()
await inTurns(chosen.flatMap(experiment => experiment.seeds.map(seed => () => train(experiment, seed))))
await inTurns(chosen.map(experiment => () => score(experiment)))
const minutes = (Date.now() - started) / 60_000
const total = join(root, 'total.json')
if (inOneGo) writeFileSync(total, JSON.stringify({ minutes, cores: availableParallelism() } satisfies Total))
const all = existsSync(total) ? (JSON.parse(readFileSync(total, 'utf8')) as Total) : undefined
const outcomes = experiments.flatMap(outcome)
mkdirSync('docs', { recursive: true })
writeFileSync(join('docs', 'results.md'), resultsPage(outcomes, all))
console.log(readFileSync(join('docs', 'results.md'), 'utf8'))
console.log(`${minutes.toFixed(1)} minutes`)

async function train({ name, method, on, train: options }: Experiment, seed: number): Promise<void> {
  const out = join(root, name, `seed-${seed}`)
  if (existsSync(join(out, 'pretext.json'))) return
  rmSync(out, { recursive: true, force: true })
  rmSync(join(root, name, 'evaluation.json'), { force: true })
  const { path } = sources[on]
  await lacuna([
    'pretrain',
    method,
    path,
    ...options.split(' '),
    '--seed',
    `${seed}`,
    '--threads',
    '1',
    '--out',
    out,
    '--no-report',
  ])
  await lacuna(['pretext', out, path, '--threads', '1'])
}

async function score({ name, on, score: options }: Experiment): Promise<void> {
  const out = join(root, name)
  if (options === undefined || existsSync(join(out, 'evaluation.json'))) return
  await lacuna(['evaluate', out, sources[on].path, ...options.split(' '), '--threads', '1'])
}

function outcome(experiment: Experiment): Outcome[] {
  const out = join(root, experiment.name)
  const runs = experiment.seeds.map(seed => join(out, `seed-${seed}`))
  if (!runs.every(run => existsSync(join(run, 'pretext.json')))) return []
  const pretexts = runs.map(run => JSON.parse(readFileSync(join(run, 'pretext.json'), 'utf8')) as Pretext)
  const scores = join(out, 'evaluation.json')
  const evaluation = existsSync(scores) ? (JSON.parse(readFileSync(scores, 'utf8')) as Evaluation) : undefined
  return [{ ...experiment, runs, pretexts, evaluation }]
}
