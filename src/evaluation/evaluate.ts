import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { Device } from '../program/lowering.js'
import { startRunner } from '../program/runner.js'
import { isRun, readConfig } from '../training/config.js'
import { type Embedder, openEncoder, untrainedEncoder } from './encoder.js'
import { type Features, type Labelled, pickLabelled } from './features.js'
import { type Collapse, collapse } from './health.js'
import { nearestNeighbours } from './knn.js'
import { checkedLabels, defaultLabels, labelledParts, labelsOf, pixels } from './labelled.js'
import { balancedSubset } from './labels.js'
import { linearProbe } from './probe.js'
import { mean, sampleDeviation } from './statistics.js'

/** The trained encoder, the same one before training, and the pixels themselves. */
export const contenders = ['trained', 'random', 'raw'] as const
export type Contender = (typeof contenders)[number]
/** A share for each, 0 … 1 */
export type Scores = Readonly<Record<Contender, number>>

export interface Summary {
  readonly mean: Scores
  /** Over the seeds; 0 where there is one value only */
  readonly sd: Scores
  /** Seed by seed, in the order of the runs */
  readonly seeds: readonly Scores[]
}

/** `evaluation.json` */
export interface Evaluation {
  /** Weighted kNN, all training labels: mean over the seeds */
  readonly knn: Scores
  /** Linear probe with the most labels tried: mean over the seeds */
  readonly probe: Scores
  /** Labelled training pictures */
  readonly labelled: number
  /** Test pictures */
  readonly tested: number
  readonly classes: number
  readonly chance: number
  readonly majority: number
  readonly seeds: number
  /** Neighbours that voted */
  readonly k: number
  readonly knns: Summary
  /** Linear probes with few labels and with more: labelled pictures of each class, or all there are */
  readonly probes: readonly (Summary & { readonly labelsPerClass: number | 'all' })[]
  /** Signs of collapse of the first trained encoder on the test pictures */
  readonly health: Collapse
  readonly notes: readonly string[]
}

export interface EvaluateOptions {
  /** Random encoders, and sets of five draws of the labelled pictures; default 3, or as many as there are runs */
  readonly seeds?: number
  /** Labels per class of the probes; default 10 and 100 where there are enough, and all up to 5,000 pictures */
  readonly labels?: readonly (number | 'all')[]
  /** Labelled pictures to learn from, at most: drawn once, the same for all contenders and seeds; all unless told */
  readonly labelled?: number
  readonly k?: number
  readonly temperature?: number
  readonly device?: Device
  readonly threads?: number
  readonly onProgress?: (stage: string) => void
}

/** The runs in a folder: itself, or the seeds below it. */
export function runsIn(directory: string): string[] {
  const path = resolve(directory)
  if (isRun(path) || !existsSync(path)) return [path]
  const inside = readdirSync(path)
    .map(name => join(path, name))
    .filter(isRun)
    .sort()
  return inside.length > 0 ? inside : [path]
}

/**
 * Scores what a run has learnt by weighted kNN and linear probes on labelled pictures, beside the same encoder at random
 * initialisation and the raw pixels.
 *
 * @param directory a run, or a folder of runs that differ in their seed
 * @param pictures opened as the run's were; their own train / test split, or one fifth for the test
 * @throws LacunaError when there is no run, no labels, or one class only
 */
export async function evaluate(
  directory: string,
  pictures: PictureSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const runs = runsIn(directory).map(path => ({ path, config: readConfig(path) }))
  const { training, test, notes } = labelledParts(pictures, options.labelled)
  const { classes } = pictures
  const seeds = runs.length > 1 ? runs.length : (options.seeds ?? 3)
  const amounts = checkedLabels(options.labels, training, classes) ?? defaultLabels(training, classes)
  const groups = training.items.map(({ group }) => group)
  const labelled = async (featuresOf: (part: PictureSet) => Features | Promise<Features>): Promise<Data> => ({
    training: { features: await featuresOf(training), labels: labelsOf(training, classes) },
    test: { features: await featuresOf(test), labels: labelsOf(test, classes) },
  })
  const through = async (opening: Promise<Embedder>): Promise<Data> => {
    const encoder = await opening
    try {
      return await labelled(part => encoder.embed(part))
    } finally {
      await encoder.close()
    }
  }
  const runOf = (seed: number) => runs[seed % runs.length] ?? raise(`${directory}: no run here`)
  const randomSeed = (seed: number) => runOf(seed).config.seed + (runs.length > 1 ? 0 : seed)
  const sources: Record<
    Contender,
    { title: string; key: (seed: number) => string; data: (seed: number) => Promise<Data> }
  > = {
    trained: {
      title: 'trained encoder',
      key: seed => runOf(seed).path,
      data: seed => through(openEncoder(runOf(seed).path, options)),
    },
    random: {
      title: 'random initialisation',
      key: seed => `${randomSeed(seed)}`,
      data: seed => through(untrainedEncoder(runOf(seed).config, training, { ...options, seed: randomSeed(seed) })),
    },
    raw: { title: 'raw pixels', key: () => 'pixels', data: () => labelled(pixels) },
  }
  const runner = startRunner({ threads: options.threads })
  try {
    const scores: Record<Contender, number[][]> = { trained: [], random: [], raw: [] } // [seed][kNN, ...probes]
    let facts: { health: Collapse; k: number; majority: number } | undefined
    for (const contender of contenders) {
      const { title, key, data } = sources[contender]
      let last: { key: string; data: Data; near: number; all: () => Promise<number> } | undefined
      for (let seed = 0; seed < seeds; seed++) {
        options.onProgress?.(`${title}, seed ${seed + 1} of ${seeds}`)
        if (last === undefined || last.key !== key(seed)) {
          last = undefined // one encoder's features at a time
          const own = await data(seed)
          const near = await nearestNeighbours(runner, own.training, own.test, classes.length, options)
          facts ??= { health: await collapse(own.test.features), k: near.k, majority: near.majority }
          const all = once(() => accuracyWithAll(own, classes.length, seed, groups))
          last = { key: key(seed), data: own, near: near.accuracy, all }
        }
        const { data: own, all } = last
        const probes: number[] = []
        for (const amount of amounts)
          probes.push(amount === 'all' ? await all() : await accuracyWith(amount, own, classes.length, seed, groups))
        scores[contender].push([last.near, ...probes])
      }
    }
    const { health, k, majority } = facts ?? raise('nothing was scored')
    const [knn, ...probes] = [undefined, ...amounts].map((_, i) => summary(scores, i))
    return {
      knn: (knn ?? raise('no kNN')).mean,
      probe: (probes.at(-1) ?? raise('no probe: give at least one number of labels')).mean,
      labelled: training.items.length,
      tested: test.items.length,
      classes: classes.length,
      chance: 1 / classes.length,
      majority,
      seeds,
      k,
      knns: knn ?? raise('no kNN'),
      probes: probes.map((probe, i) => ({ labelsPerClass: amounts[i] ?? 'all', ...probe })),
      health,
      notes,
    }
  } finally {
    await runner.close()
  }
}

interface Data {
  readonly training: Labelled
  readonly test: Labelled
}

/** Draws of the labelled pictures behind each figure of a seed with few labels. */
const DRAWS = 5

async function accuracyWithAll(data: Data, classes: number, seed: number, groups: readonly string[]): Promise<number> {
  return (await linearProbe(data.training, data.test, classes, { groups, seed })).accuracy
}

/** Mean over draws that are the same for all contenders, and others for another seed. */
async function accuracyWith(
  amount: number,
  data: Data,
  classes: number,
  seed: number,
  groups: readonly string[],
): Promise<number> {
  const draws = Array.from({ length: DRAWS }, async (_, i) => {
    const draw = seed * DRAWS + i
    const positions = balancedSubset(data.training.labels, classes, amount, { seed: 0, draw })
    const options = { groups: Array.from(positions, position => groups[position] ?? ''), seed: draw }
    return (await linearProbe(pickLabelled(data.training, positions), data.test, classes, options)).accuracy
  })
  return mean(await Promise.all(draws)) // side by side: each is too small to keep the cores busy
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function summary(scores: Readonly<Record<Contender, number[][]>>, column: number): Summary {
  const each = (from: (values: number[]) => number): Scores => {
    const [trained, random, raw] = contenders.map(c => from(scores[c].map(row => row[column] ?? Number.NaN)))
    return { trained: trained ?? Number.NaN, random: random ?? Number.NaN, raw: raw ?? Number.NaN }
  }
  const seeds = scores.trained.map((_, seed) => each(values => values[seed] ?? Number.NaN))
  return { mean: each(mean), sd: each(values => (values.length < 2 ? 0 : sampleDeviation(values))), seeds }
}

function raise(problem: string): never {
  throw new LacunaError(problem)
}
