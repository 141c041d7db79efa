import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMetrics } from 'lacuna'
import { generator } from '#lacuna/data/shuffle.js'
import { isRun } from '#lacuna/training/config.js'
import { emojiImages } from './emoji.js'
import { type Ended, start } from './lacuna.js'
import { type Aftermath, faultsOf, savedStep } from './torture-judge.js'
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

/**
 * Disturbs one training, goes on with it until it has ended, and compares.
 * @param folder is made; holds the run and its cache
 * @param disk the small disk that `folder` lies on, where it does
 */
export async function disturbedRound(
  subject: Subject,
  kind: KindName,
  {
    seed,
    round,
    folder,
    disk,
    more = 2,
  }: { seed: number; round: number; folder: string; disk?: string | undefined; more?: number },
): Promise<Round> {
  const next = generator(seed, round)
  const draw = () => next() / 2 ** 32
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T
  const momentFor = (name: KindName): Moment => ({ phase: pick(kinds[name].phases), share: draw() })
  const moment = momentFor(kind)
  const story: string[] = []
  const faults: string[] = []
  let disturbed = false
  const extra = Math.floor(draw() * (more + 1))
  const moved = join(folder, 'moved')
  const run = join(folder, 'run')
  for (let process = 0; process <= 1 + extra; process++) {
    const name = process === 0 ? kind : process <= extra ? pick(again) : undefined
    const when = process === 0 ? moment : name && momentFor(name)
    const before = savedStep(run)
    const { life, ended, child } = begin(subject, folder)
    const met = when !== undefined && (await reached(when, subject.times, life))
    if (name && met) await kinds[name].strike({ child, run, moved, disk }, draw())
    const end = await ended
    if (process === 0) disturbed = met
    makeSpaceAfter(name, disk)
    const after: Aftermath = { met: met ? name : undefined, ended: end, before, ...subject, run, cache: life.cache }
    const wrong = faultsOf(after)
    story.push(`${met && when ? `${name} while ${when.phase}: ` : ''}${endOf(end)}${savedText(run)}`)
    if (wrong.length > 0) {
      faults.push(...wrong, `it said: ${end.err.trim()}`)
      break
    }
    if (end.code === 0 && savedStep(run) === subject.steps) break
    if (name === undefined) faults.push('is not done when nobody disturbs it')
  }
  if (faults.length === 0) faults.push(...differences(resultOf(run), subject.result))
  if (faults.length === 0 && existsSync(moved) && isRun(moved)) {
    const end = await begin(subject, folder, moved).ended
    story.push(`the folder that was moved: ${endOf(end)}`)
    if (end.code !== 0) faults.push(`the folder that was moved cannot be gone on with: ${end.err.trim()}`)
    else faults.push(...differences(resultOf(moved), subject.result))
  }
  return { kind, moment, method: subject.method, story: story.join(' → '), faults, folder, disturbed }
}

const makeSpaceAfter = (name: KindName | undefined, disk: string | undefined) => {
  if (name === 'disk full') makeSpace(disk)
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
const savedText = (run: string): string => {
  const step = savedStep(run)
  return step === undefined ? '' : ` at step ${step}`
}

function resultOf(run: string): Result {
  const bytes = readFileSync(join(run, 'checkpoint', 'state.safetensors'))
  const files = readdirSync(run, { recursive: true, encoding: 'utf8' })
  return {
    checkpoint: createHash('sha256').update(bytes).digest('hex'),
    // in single steps, so that lines are not means over others; more lines than these are written by the clock
    losses: JSON.stringify([...new Map(readMetrics(run).map(({ step, loss }) => [step, loss]))]),
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
