import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generator } from '#lacuna/data/shuffle.js'
import { isRun } from '#lacuna/runs/config.js'
import { readMetrics } from '#lacuna/runs/metrics.js'
import { emojiImages } from './emoji.js'
import { type Ended, start } from './lacuna.js'
import { faultsOf, savedStep, tornIn } from './torture-judge.js'
import { again, type KindName, kinds, makeSpace } from './torture-kinds.js'
import { type Life, type Moment, metricsIn, reached, type Times, timed } from './torture-moments.js'

/** A training that can be disturbed, and what it ends with when nobody does. */
export interface Subject {
  readonly method: string
  readonly pictures: string
  readonly steps: number
  readonly saveEvery: number
  readonly times: Times
  readonly result: Result
}

/** What does not hang on the clock of a run that has ended. */
interface Result {
  /** SHA-256 of the last checkpoint: all variables and the step */
  readonly checkpoint: string
  readonly losses: string
  readonly files: string
}

/** One training that is disturbed. */
export interface Round {
  readonly kind: KindName
  readonly moment: Moment
  readonly method: string
  /** What happened, process by process */
  readonly story: string
  readonly faults: readonly string[]
  /** Where it can be looked at */
  readonly folder: string
  /** What it met at all; false where the training ended before */
  readonly disturbed: boolean
}

export function somePictures(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(emojiImages).slice(0, count)) copyFileSync(join(emojiImages, name), join(folder, name))
  return folder
}

type Training = Pick<Subject, 'method' | 'pictures' | 'steps' | 'saveEvery'>

/** Trains once without disturbing it. */
export async function undisturbed(training: Training, folder: string): Promise<Subject> {
  const { life, ended } = begin(training, folder)
  const times = await timed(life)
  const { code, err } = await ended
  if (code !== 0) throw new Error(`a training that nobody disturbs ended with ${code}: ${err}`)
  return { ...training, times, result: resultOf(life.run) }
}

export interface RoundOptions {
  readonly seed: number
  readonly round: number
  /** Holds the run and its cache */
  readonly folder: string
  /** The small disk that `folder` lies on, where it does */
  readonly disk?: string | undefined
  /** Disturbances at most after the first */
  readonly more: number
  /** Of the first disturbance; drawn unless told */
  readonly moment?: Moment
}

/** Disturbs one training, goes on with it until it has ended, and compares. */
export async function disturbedRound(subject: Subject, kind: KindName, options: RoundOptions): Promise<Round> {
  const { folder } = options
  const [run, moved] = [join(folder, 'run'), join(folder, 'moved')]
  const blows = blowsOf(kind, options)
  const story: string[] = []
  const faults: string[] = []
  let disturbed = false
  for (const blow of [...blows, undefined]) {
    const { text, met, done, wrong } = await lifeUnder(blow, subject, options)
    story.push(text)
    faults.push(...wrong)
    disturbed ||= met
    if (wrong.length > 0 || done) break
    if (blow === undefined) faults.push('is not done though nobody disturbed it')
  }
  if (faults.length === 0) faults.push(...differences(resultOf(run), subject.result))
  if (faults.length === 0 && existsSync(moved) && isRun(moved)) {
    const end = await begin(subject, folder, moved).ended
    story.push(`the folder that was moved: ${endOf(end)}`)
    if (end.code !== 0) faults.push(`the folder that was moved cannot be gone on with: ${end.err.trim()}`)
    else faults.push(...differences(resultOf(moved), subject.result))
  }
  const { moment } = blows[0] as Blow
  return { kind, moment, method: subject.method, story: story.join(' → '), faults, folder, disturbed }
}

/** What a process is to meet, and when. */
interface Blow {
  readonly kind: KindName
  readonly moment: Moment
  /** From 0 to 1: what else there is to draw */
  readonly share: number
}

function blowsOf(first: KindName, { seed, round, more, moment }: RoundOptions): Blow[] {
  const next = generator(seed, round)
  const draw = () => next() / 2 ** 32
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T
  const blow = (kind: KindName): Blow => ({
    kind,
    moment: { phase: pick(kinds[kind].phases), share: draw() },
    share: draw(),
  })
  const drawn = blow(first)
  const others = Array.from({ length: Math.floor(draw() * (more + 1)) }, () => blow(pick(again)))
  return [{ ...drawn, moment: moment ?? drawn.moment }, ...others]
}

/** One process from its start to its end, in words, and what is wrong about it. */
async function lifeUnder(blow: Blow | undefined, subject: Subject, { folder, disk }: RoundOptions) {
  const run = join(folder, 'run')
  const [before, torn] = [savedStep(run), tornIn(run)]
  const { life, ended, child } = begin(subject, folder)
  const met = blow !== undefined && (await reached(blow.moment, subject.times, life))
  if (met) await kinds[blow.kind].strike({ child, run, moved: join(folder, 'moved'), disk }, blow.share)
  const end = await ended
  makeSpace(disk)
  const metrics = metricsIn(run)
  const wrong = faultsOf({
    ...{ met: met ? blow.kind : undefined, ended: end, before, torn },
    ...{ run, trained: metrics !== undefined && metrics !== life.metricsBefore },
    ...{ steps: subject.steps, saveEvery: subject.saveEvery },
  })
  const saved = wrong.length === 0 ? savedStep(run) : undefined
  const at = saved === undefined ? '' : ` at step ${saved}`
  const text = `${met ? `${blow.kind} while ${blow.moment.phase}: ` : ''}${endOf(end)}${at}`
  const done = end.code === 0 && saved === subject.steps && existsSync(join(run, 'report.html')) // which may not have been written
  return { text, met, done, wrong: wrong.length === 0 ? [] : [...wrong, `it said: ${end.err.trim()}`] }
}

/** Starts a training, or goes on with what is there. */
function begin({ method, pictures, steps, saveEvery }: Training, folder: string, run = join(folder, 'run')) {
  const cache = join(folder, 'cache')
  const small = ['--size', '16', '--batch', '16', ...(method === 'mae' ? [] : ['--encoder', 'c4-half'])]
  const metricsBefore = metricsIn(run)
  const from = savedStep(run) ?? 0
  const { child, ended } = start(
    ...['pretrain', method, pictures, '--out', run, '--cache', cache, '--threads', '1'],
    ...(isRun(run) ? ['--resume'] : [...small, '--steps', `${steps}`]),
    ...['--save-every', `${saveEvery}`],
  )
  let over = false
  child.on('exit', () => {
    over = true
  })
  const life: Life = { pid: child.pid ?? -1, run, cache, steps, from, metricsBefore, ended: () => over }
  return { life, ended, child }
}

const endOf = ({ code, signal }: Ended): string => (signal === null ? `${code}` : signal)

function resultOf(run: string): Result {
  const bytes = readFileSync(join(run, 'checkpoint', 'state.safetensors'))
  const files = readdirSync(run, { recursive: true, encoding: 'utf8' })
  return {
    checkpoint: createHash('sha256').update(bytes).digest('hex'),
    // at most 400 steps, each of which has a line: longer runs write lines by the clock too
    losses: JSON.stringify(readMetrics(run).map(({ step, loss }) => [step, loss])),
    files: files
      .filter(name => !name.endsWith('previous.safetensors'))
      .sort()
      .join('\n'),
  }
}

function differences(now: Result, expected: Result): string[] {
  const names = ['checkpoint', 'losses', 'files'] as const
  return names.filter(name => now[name] !== expected[name]).map(name => `other ${name} than an undisturbed run`)
}
