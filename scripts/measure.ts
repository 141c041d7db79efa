import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { Evaluation, Pretext } from 'lacuna'
import { findAudio, findImage } from '#lacuna/channels/bound.js'
import type { Channels } from '#lacuna/channels/channel.js'
import type { AcrossEvaluation, FrameEvaluation } from '#lacuna/evaluation/index.js'
import { mean } from '#lacuna/evaluation/statistics.js'
import { readConfig } from '#lacuna/runs/config.js'
import { readMetrics } from '#lacuna/runs/metrics.js'
import { openRun } from '#lacuna/runs/run.js'
import { type Experiment, firstOf, sources, type Task } from './experiments.js'
import { fingerprintOf } from './fingerprint.js'
import { lacuna } from './lacuna.js'
import { type Asked, type ResultRecord, recordsFolder, startOf } from './records.js'

const folderOf = (name: string) => join('runs', 'results', name)
const runOf = (name: string, seed: number) => join(folderOf(name), `seed-${seed}`)
const done = (name: string, seed: number) => join(runOf(name, seed), 'pretext.json')

/** Lets go of what has been trained, so that it is trained anew. */
export const forget = (name: string): void => rmSync(folderOf(name), { recursive: true, force: true })

/** Seeds that are not trained and examined yet. */
export const seedsToGo = ({ name, seeds }: Experiment): readonly number[] =>
  seeds.filter(seed => !existsSync(done(name, seed)))

/** Trains one seed and does the task on held-out pictures; goes on where it was ended before, if the experiment is the same. */
export async function measureSeed(experiment: Experiment, seed: number): Promise<void> {
  const { name, on } = experiment
  keepOnlyOf(experiment)
  if (existsSync(done(name, seed))) return
  await before(experiment, seed)
  const run = runOf(name, seed)
  const goOn = existsSync(run) ? ['--resume'] : []
  await lacuna([...training(experiment, seed), ...goOn, '--no-report'])
  await lacuna(['pretext', run, sources[on].path, '--threads', '1'])
}

/** Trains what an experiment begins with, where that is not there. */
export async function before(experiment: Experiment, seed: number): Promise<void> {
  const first = firstOf(experiment)
  if (first !== undefined) await measureSeed(first, seed)
}

/** Scores all seeds and sums up what they left. */
export async function recordOf(experiment: Experiment): Promise<ResultRecord> {
  const { name, method, on, seeds, tasks = [] } = experiment
  const started = Date.now()
  const scoring = scoringOf(experiment)
  const scores = scoring && (await evaluated(name, scoring))
  const asked: Asked[] = []
  for (const task of tasks) asked.push(await askedOf(name, task))
  const runs = seeds.map(seed => runOf(name, seed))
  const [first = ''] = runs
  const { encoder, steps, batch, data } = readConfig(first)
  const lines = readMetrics(first)
  const kept = lines.filter((_, i) => i % Math.ceil(lines.length / CURVE) === 0 || i === lines.length - 1)
  return {
    ...{ name, method, on, fingerprint: fingerprintOf(experiment), seeds },
    commands: [
      training(experiment, seeds[0] ?? 0),
      ['pretext', folderOf(name), sources[on].path],
      ...(scoring === undefined ? [] : [scoring]),
    ].map(written),
    run: { encoder, ...windowOf(openRun(first).assembly().channels), steps, batch, pictures: data.records },
    minutes: {
      trainings: runs.map(run => tidy((readMetrics(run).at(-1)?.seconds ?? Number.NaN) / 60)),
      scoring: tidy((Date.now() - started) / 60_000),
    },
    curve: {
      steps: kept.map(({ step }) => step),
      loss: kept.map(({ loss }) => tidy(loss)),
      gradientNorm: kept.map(({ gradientNorm }) => tidy(gradientNorm ?? Number.NaN)),
      chance: tidy(lines.at(-1)?.chance ?? Number.NaN),
    },
    start: startOf(steps, lines),
    last: lastOf(runs),
    pretexts: runs.map(run => read<Pretext>(join(run, 'pretext.json'))).flatMap(pretext => pretext ?? []),
    ...scores,
    ...(asked.length > 0 && { asked }),
    measured: circumstances(),
  }
}

/** @see ResultRecord.last */
function lastOf(runs: readonly string[]): ResultRecord['last'] {
  const ends = runs.map(run => {
    const lines = readMetrics(run)
    return lines.filter(({ step }) => step > 0.9 * (lines.at(-1)?.step ?? 0))
  })
  return {
    loss: ends.map(lines => tidy(mean(lines.map(({ loss }) => loss)))),
    gradientNorm: ends.map(lines => tidy(mean(lines.map(({ gradientNorm }) => gradientNorm ?? Number.NaN)))),
  }
}

/** @throws Error where the evaluation leaves nothing */
async function askedOf(name: string, { title, path, score }: Task): Promise<Asked> {
  const command = ['evaluate', folderOf(name), path, ...words(score)]
  await lacuna([...command, '--threads', '1'])
  for (const { file, as } of told) {
    const found = read<Evaluation & FrameEvaluation>(join(folderOf(name), file))
    if (found !== undefined) return { title, command: written(command), ...as(found) }
  }
  throw new Error(`${written(command)} has written none of ${told.map(({ file }) => file).join(', ')}`)
}

/** Where an evaluation lies, of vectors or of frames. */
const told = [
  { file: 'evaluation.json', as: (evaluation: Evaluation) => ({ evaluation }) },
  { file: 'frames.json', as: (frames: FrameEvaluation) => ({ frames }) },
] as const

/** Points of a curve that are kept. */
const CURVE = 40
const tidy = (value: number) => Number(value.toPrecision(4))

/** The command that trains a seed. */
export const training = (
  { name, method, on, train, after, products }: Experiment,
  seed: number,
  out = runOf(name, seed),
): string[] => [
  ...['pretrain', method, sources[on].path, ...words(train)],
  ...(products === undefined ? ['--products', 'fp32'] : []), // for the same figures on every processor; others say it
  ...(after === undefined ? [] : ['--weights', runOf(after, seed)]),
  ...['--seed', `${seed}`, '--threads', '1', '--out', out],
]

/** What a sample is: height, width and colours of a picture or of the frames of a film, seconds of sound. */
function windowOf(channels: Channels): Pick<ResultRecord['run'], 'size' | 'channels' | 'seconds'> {
  const image = findImage(channels)
  if (image !== undefined) return { size: image.size, channels: image.colours }
  const [, sound] = findAudio(channels) ?? []
  return sound === undefined ? {} : { seconds: sound.length / sound.rate }
}

const words = (options: string): string[] => options.split(' ').filter(word => word !== '')
const written = (command: readonly string[]): string => `lacuna ${command.join(' ')}`

/** Runs an evaluation of all seeds: what it leaves of pictures, and of channels that are compared. */
async function evaluated(
  name: string,
  command: readonly string[],
): Promise<Pick<ResultRecord, 'evaluation' | 'across'>> {
  const at = (file: string) => join(folderOf(name), file)
  await lacuna([...command, '--threads', '1'])
  const evaluation = read<Evaluation>(at('evaluation.json'))
  const across = read<AcrossEvaluation>(at('across.json'))
  if (evaluation === undefined && across === undefined) throw new Error(`${written(command)} has written no scores`)
  return { ...(evaluation && { evaluation }), ...(across && { across }) }
}

const scoringOf = ({ name, on, score }: Experiment): string[] | undefined =>
  score === undefined ? undefined : ['evaluate', folderOf(name), sources[on].path, ...words(score)]

/** What an experiment of the same name but another fingerprint has left is no part of this one. */
function keepOnlyOf(experiment: Experiment): void {
  const path = join(folderOf(experiment.name), 'fingerprint')
  const fingerprint = fingerprintOf(experiment)
  if (existsSync(path) && readFileSync(path, 'utf8') === fingerprint) return
  forget(experiment.name)
  mkdirSync(folderOf(experiment.name), { recursive: true })
  mkdirSync(recordsFolder, { recursive: true })
  writeFileSync(path, fingerprint)
}

/** When, with what and on which machine. */
export function circumstances(): ResultRecord['measured'] {
  const require = createRequire(import.meta.url)
  const versionOf = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  return {
    day: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    lacuna: versionOf('package.json'),
    onnxruntime: versionOf(require.resolve('onnxruntime-node/package.json')),
    node: process.versions.node,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: tidy(loadavg()[2] ?? Number.NaN),
  }
}

const read = <Kind>(path: string): Kind | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Kind) : undefined
