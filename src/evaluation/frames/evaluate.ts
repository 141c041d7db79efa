import { host } from '#host'
import { placeOf } from '../../assembly/programs.js'
import { hearingOf } from '../../assembly/recordings.js'
import { audioIn } from '../../channels/bound.js'
import type { SampleSet } from '../../data/index.js'
import { LacunaError } from '../../errors.js'
import type { PlaceOptions } from '../../nn/vectors.js'
import { type OpenedRun, runsOf } from '../../runs/run.js'
import { warpedAngle } from '../abx/distance.js'
import { abxError, type Triple } from '../abx/triples.js'
import type { Alignments } from '../alignment/index.js'
import { wantPictures } from '../arguments.js'
import { baselines, countsOf } from '../baselines.js'
import type { EmbedderOptions } from '../encoder.js'
import { type LayerScores, scoreLayers } from '../layers.js'
import { linearProbe, logarithmic } from '../probe.js'
import { type Runners, runnersOf } from '../runners.js'
import { contendersIn, eachOf, type Score, type Scored, type Summary, scored, scoreOf, summaryOf } from '../scores.js'
import { type Hearer, soundSourcesOf } from '../sound-sources.js'
import { type Collected, collectFrames } from './collect.js'
import { type FramePlan, type PlanOptions, planFrames } from './plan.js'

/** What frames tell of what is said in them: `frames.json`. */
export interface FrameEvaluation {
  /** Of a linear probe of single frames, without their neighbours: share of frames whose label is told */
  readonly probe: Scored
  readonly classes: number
  readonly commonest: string
  /** Share of the test frames that are of the commonest class to learn from */
  readonly majority: number
  /** Frames and the recordings that they were drawn from */
  readonly training: { readonly frames: number; readonly recordings: number }
  readonly test: { readonly frames: number; readonly recordings: number }
  /** ABX errors, ½ by chance: X of the same speaker as A and B, or of another; where there are such triples */
  readonly abx: { readonly within?: Abx; readonly across?: Abx }
  /** Accuracy of the probe by layer, where that was asked for */
  readonly layers?: readonly LayerScores[]
  /** Of the encoder: seconds from frame to frame, and that one sees */
  readonly hop: number
  readonly sees: number
  readonly layer: string
  readonly seeds: number
  /** Steps that each run had taken */
  readonly steps: readonly number[]
  readonly notes: readonly string[]
}

export interface Abx extends Summary {
  readonly triples: number
}

export interface FrameOptions extends EmbedderOptions, Omit<PlanOptions, 'seed'> {
  /** Random encoders; default 3, or as many as there are runs */
  readonly seeds?: number
  /** Probes every layer of the encoder too */
  readonly layers?: boolean
  readonly onProgress?: (stage: string) => void
}

/**
 * How well single frames tell which phone is said, by a linear probe and by ABX, beside the same encoder at random
 * initialisation, log-mel with deltas and MFCC at the same moments.
 *
 * @param from a run or its folder, or runs that differ in their seed
 * @param alignments of the recordings, as `alignmentsOf` finds them
 * @throws LacunaError when the encoder gives no frames, or there is too little to learn from or to be told
 */
export async function evaluateFrames(
  from: string | OpenedRun | readonly OpenedRun[],
  recordings: SampleSet,
  alignments: Alignments,
  options: FrameOptions = {},
): Promise<FrameEvaluation> {
  wantPictures('evaluateFrames', recordings)
  const runs = runsOf('evaluateFrames', from)
  const assembly = runs[0].assembly()
  const place = placeOf(assembly, options)
  const encoder = hearingOf(assembly, place)?.encoder
  if (encoder === undefined) throw new LacunaError('the encoder of this run gives no frames of recordings', 2)
  const [, { rate }] = audioIn(recordings.channels)
  const plan = planFrames(recordings, alignments, encoder, rate, options)
  if (plan === undefined)
    throw new LacunaError(
      `the alignments leave nothing to learn or nothing to be told: ${alignments.byPosition.size} recordings have one; two or more with at least two labels are needed`,
      2,
    )
  const seeds = runs.length > 1 ? runs.length : (options.seeds ?? 3)
  const runners = runnersOf(host, options.threads)
  try {
    const { probe, within, across } = await scoresOf(runs, plan, runners, seeds, options)
    const layers = options.layers && (await byLayer(runs, plan, runners, options))
    const labels = [plan.training, plan.test].map(moments => Int32Array.from(moments, ({ label }) => label))
    const [learnt = new Int32Array(), told = new Int32Array()] = labels
    const counts = countsOf(learnt, plan.classes.length)
    return {
      probe,
      classes: plan.classes.length,
      commonest: plan.classes[counts.indexOf(Math.max(...counts))] ?? '',
      majority: baselines(learnt, told, plan.classes.length).majority,
      training: { frames: learnt.length, recordings: plan.counts.training },
      test: { frames: told.length, recordings: plan.counts.test },
      ...(layers && { layers }),
      abx: { ...(within && { within }), ...(across && { across }) },
      ...{ hop: encoder.hop / rate, sees: encoder.receptiveField / rate, layer: place.layer, seeds },
      steps: runs.map(run => run.checkpoint().step),
      notes: plan.notes,
    }
  } finally {
    await runners.close()
  }
}

interface Told {
  readonly probe: Score
  readonly within: number
  readonly across: number
}

async function scoresOf(
  runs: readonly [OpenedRun, ...OpenedRun[]],
  plan: FramePlan,
  runners: Runners,
  seeds: number,
  options: FrameOptions,
) {
  const sources = soundSourcesOf(runs, plan.recordings, options)
  const found = eachOf(sources, (): Told[] => [])
  for (const contender of contendersIn(sources)) {
    const { title, key, open } = sources[contender] ?? sources.raw
    let last: { readonly key: string; readonly told: Told } | undefined
    for (let seed = 0; seed < seeds; seed++) {
      options.onProgress?.(`frames: ${title}, seed ${seed + 1} of ${seeds}`)
      if (last?.key !== key(seed)) last = { key: key(seed), told: await toldBy(await open(seed), plan, runners) }
      found[contender]?.push(last.told)
    }
  }
  const errors = (triples: readonly Triple[], of: (told: Told) => number): Abx | undefined =>
    triples.length === 0 ? undefined : { ...summaryOf(eachOf(found, all => all.map(of))), triples: triples.length }
  return {
    probe: scored(eachOf(found, all => all.map(({ probe }) => probe))),
    within: errors(plan.triples.within, told => told.within),
    across: errors(plan.triples.across, told => told.across),
  }
}

function byLayer(
  runs: readonly [OpenedRun, ...OpenedRun[]],
  plan: FramePlan,
  runners: Runners,
  options: FrameOptions,
): Promise<LayerScores[]> {
  const untested = { ...plan, tokens: [], triples: { within: [], across: [] } }
  const probe = async (contender: 'trained' | 'random', place: PlaceOptions) => {
    const { open } = soundSourcesOf(runs, plan.recordings, { ...options, ...place })[contender]
    return (await toldBy(await open(0), untested, runners)).probe.accuracy
  }
  return scoreLayers(runs[0], probe, stage => options.onProgress?.(`frames: ${stage}`))
}

/** Few penalties: there are many frames, and they rank alike with all of them. */
const penalties = logarithmic(1e-3, 1, 4)

async function toldBy(hearer: Hearer, plan: FramePlan, runners: Runners): Promise<Told> {
  const collected = await collectFrames(plan, hearer).finally(() => hearer.close())
  const { training, test } = collected
  const groups = plan.training.map(({ recording }) => plan.groups[recording] ?? '')
  const runner = runners.forProblem(training.features)
  const options = { groups, runner, penalties, tolerance: 1e-4, maxIterations: 300 }
  const { predictions } = await linearProbe(training, test, plan.classes.length, options)
  return {
    probe: scoreOf(predictions, test.labels, plan.classes.length),
    within: errorOf(plan, collected, plan.triples.within),
    across: errorOf(plan, collected, plan.triples.across),
  }
}

function errorOf({ tokens }: FramePlan, { tokens: frames }: Collected, triples: readonly Triple[]): number {
  const known = new Map<number, number>()
  return abxError(tokens, triples, (x, other) => {
    const key = Math.min(x, other) * tokens.length + Math.max(x, other)
    const [first, second] = [frames[Math.min(x, other)], frames[Math.max(x, other)]]
    const distance = known.get(key) ?? (first && second ? warpedAngle(first, second) : Number.NaN)
    known.set(key, distance)
    return distance
  })
}
