import type { PictureSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import { uniforms } from '../program/draws.js'
import type { Runner } from '../program/engine.js'
import { targetFor } from '../program/probe.js'
import { startRunner } from '../program/runner.js'
import { loadCheckpoint, restore } from '../training/checkpoint.js'
import { readConfig } from '../training/config.js'
import { assemble, examinationProgram } from '../training/programs.js'
import type { EmbedderOptions } from './encoder.js'
import { mean } from './statistics.js'

/** One figure of the task itself on held-out pictures, and what it is worth without learning. */
export interface PretextMeasure {
  readonly name: string
  readonly value: number
  readonly better: 'higher' | 'lower'
  readonly baselines: Readonly<Record<string, number>>
  /** The same on white noise, where a method claims that there is nothing to find */
  readonly noise?: number
}

/** `pretext.json` */
export interface Pretext {
  readonly method: string
  /** Pictures it was measured on */
  readonly pictures: number
  readonly measures: readonly PretextMeasure[]
  readonly notes: readonly string[]
  /** What looks like a shortcut */
  readonly alarms: readonly string[]
}

const MOST_BATCHES = 40
/** Standard errors above chance that white noise may reach by luck */
const LUCK = 4

/**
 * How well a trained run does its own task on pictures that it has not seen: the test part of the data, or all of it where no
 * part is marked. Each measure stands beside what needs no learning.
 *
 * @throws LacunaError when there is no run, the pictures have another size, or there are too few for a batch
 */
export async function pretext(
  directory: string,
  pictures: PictureSet,
  options: EmbedderOptions = {},
): Promise<Pretext> {
  const config = readConfig(directory)
  const checkpoint = loadCheckpoint(directory)
  const { part, notes } = heldOut(pictures)
  const batch = Math.min(options.batch ?? config.chunk ?? config.batch, part.items.length)
  if (part.size !== config.size || part.channels !== config.channels)
    throw new LacunaError(
      `the pictures are ${part.size} px with ${part.channels} channel(s), the run was trained on ${config.size} px with ${config.channels}; open them with --size ${config.size}`,
      2,
    )
  if (batch < 2) throw new LacunaError(`${part.items.length} picture(s) held out; at least 2 are needed`)
  const batches = Math.min(MOST_BATCHES, Math.floor(part.items.length / batch))
  const assembly = assemble(config)
  const runner = startRunner({ device: options.device ?? config.device, threads: options.threads })
  try {
    const { program, measures } = examinationProgram(assembly, config, batch, await targetFor(runner.options))
    await runner.load('examine', program)
    await restore(runner, program, checkpoint, directory)
    const stride = Math.max(1, Math.floor(part.items.length / (batches * batch))) // spread over the whole part
    const gather = (step: number) =>
      part.gather(Uint32Array.from({ length: batch }, (_, i) => (step * batch + i) * stride))
    const found = await averages(runner, config.seed, batches, gather)
    const noisy = assembly.method.chanceOnNoise
      ? await averages(runner, config.seed, batches, step =>
          whiteNoise(batch * config.size ** 2 * config.channels, step),
        )
      : undefined
    const rows = Object.entries(measures).map(([name, { better, baselines }]): PretextMeasure => {
      const known = Object.entries(baselines).map(
        ([baseline, figure]) =>
          [baseline, typeof figure === 'number' ? figure : (found[`${name}/${baseline}`] ?? Number.NaN)] as const,
      )
      const value = found[name] ?? Number.NaN
      return { name, value, better, baselines: Object.fromEntries(known), ...(noisy && { noise: noisy[name] }) }
    })
    const seen = batches * batch
    const alarms = rows.flatMap(row => alarmOf(row, seen))
    return { method: config.method, pictures: seen, measures: rows, notes, alarms }
  } finally {
    await runner.close()
  }
}

/** Means over the batches of every output of the program `examine`. */
async function averages(
  runner: Runner,
  seed: number,
  batches: number,
  gather: (step: number) => Uint8Array,
): Promise<Record<string, number>> {
  const values: Record<string, number[]> = {}
  for (let step = 0; step < batches; step++) {
    const results = await runner.run('examine', { image: gather(step) }, { seed, step })
    for (const [name, [value]] of Object.entries(results)) {
      values[name] ??= []
      values[name].push(Number(value))
    }
  }
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, mean(all)]))
}

/** The test part of the data, or all of it, with a note, where no part is marked. */
export function heldOut(pictures: PictureSet): { part: PictureSet; notes: string[] } {
  const tested = pictures.items.flatMap(({ split }, i) => (split === 'test' ? [i] : []))
  if (tested.length > 0) return { part: pictures.subset(tested), notes: [] }
  return { part: pictures, notes: ['The data has no test part: all pictures were used, also those trained on.'] }
}

function whiteNoise(length: number, step: number): Uint8Array {
  const next = uniforms(0, step, 'white noise')
  return Uint8Array.from({ length }, () => Math.floor(256 * next()))
}

/** White noise has no parts that fit: an accuracy above chance on it comes from how the parts are cut, not from what they show. */
function alarmOf({ name, noise, baselines: { chance } }: PretextMeasure, pictures: number): string[] {
  if (noise === undefined || chance === undefined || chance >= 1) return []
  const most = chance + LUCK * Math.sqrt((chance * (1 - chance)) / pictures)
  if (noise <= most) return []
  return [
    `${name} on white noise is ${noise.toFixed(3)}, chance is ${chance.toFixed(3)}: the network has found a shortcut`,
  ]
}
