import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Assembly, assemble, type Definitions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { LacunaError, wrongArgument } from '../errors.js'
import { isFolder } from '../files.js'
import type { Tokenizer } from '../text/tokenizer.js'
import { type Checkpoint, hasCheckpoint, loadCheckpoint } from './checkpoint.js'
import { isRun, readConfig } from './config.js'
import { type Additions, definitionsOf } from './definitions.js'
import { type MetricsLine, readMetrics } from './metrics.js'
import { readTokenizer } from './tokenizer.js'

/** A folder that a training has left, with all that the names in it stand for. */
export interface OpenedRun extends Definitions {
  /** As it was given */
  readonly directory: string
  /** What stood in `config.json` when the run was opened */
  readonly config: RunConfig
  /** The method put together for the run's encoder and pictures, made at the first call */
  assembly(): Assembly
  /**
   * What makes tokens of text, where the run reads some: opened at the first call.
   * @throws LacunaError when it is gone, or damaged
   */
  tokenizer(): Tokenizer | undefined
  /** Whether a checkpoint was saved already */
  hasCheckpoint(): boolean
  /**
   * Reads the last checkpoint, as it is now.
   * @throws LacunaError when there is none, or it is damaged
   */
  checkpoint(): Checkpoint
  /** The lines of `metrics.jsonl`, as they are now, up to a step */
  metrics(upToStep?: number): MetricsLine[]
}

/**
 * Opens what a training has left: the one way in for all that looks at a run. No picture and no weight is read yet.
 *
 * @param directory the run
 * @param additions methods and encoders that are not built in: a run says their names only
 * @throws LacunaError when there is no run, its `config.json` is damaged, or nobody knows its method or encoder
 */
export function openRun(directory: string, additions: Additions = {}): OpenedRun {
  const config = readConfig(directory)
  const definitions = definitionsOf(config, additions, directory)
  let assembly: Assembly | undefined
  let tokenizer: Tokenizer | undefined
  return {
    ...definitions,
    directory,
    config,
    assembly() {
      assembly ??= assemble(config, definitions)
      return assembly
    },
    tokenizer() {
      tokenizer ??= readTokenizer(directory, config)
      return tokenizer
    },
    hasCheckpoint: () => hasCheckpoint(directory),
    checkpoint: () => loadCheckpoint(directory),
    metrics: upToStep => readMetrics(directory, upToStep),
  }
}

/**
 * Opens the run in a folder, or those that lie in it, such as one for each seed, by name.
 * @throws LacunaError as `openRun` does
 */
export function openRuns(directory: string, additions: Additions = {}): [OpenedRun, ...OpenedRun[]] {
  const path = resolve(directory)
  const inside =
    isRun(path) || !isFolder(path)
      ? []
      : readdirSync(path)
          .map(name => join(path, name))
          .filter(isRun)
          .sort()
  const [first = path, ...others] = inside
  return [openRun(first, additions), ...others.map(other => openRun(other, additions))]
}

/**
 * What functions on a run begin with.
 * @param where the name of the function, for the message
 * @throws LacunaError (wrong usage) for what is neither a folder nor a run; as `openRun` does
 */
export function runOf(where: string, run: string | OpenedRun): OpenedRun {
  if (isOpened(run)) return run
  wantFolder(where, run)
  return openRun(run)
}

/** The same for functions that take several. */
export function runsOf(
  where: string,
  runs: string | OpenedRun | readonly OpenedRun[],
): readonly [OpenedRun, ...OpenedRun[]] {
  if (isOpened(runs)) return [runs]
  const [first, ...others] = Array.isArray(runs) ? (runs as readonly OpenedRun[]) : []
  if (first !== undefined && [first, ...others].every(isOpened)) return [first, ...others]
  wantFolder(where, runs)
  return openRuns(runs)
}

const isOpened = (run: unknown): run is OpenedRun =>
  typeof run === 'object' && run !== null && 'config' in run && 'assembly' in run

function wantFolder(where: string, run: unknown): asserts run is string {
  if (typeof run !== 'string' || run === '')
    throw new LacunaError(
      `${where}: the folder of a run is expected as its first argument, got ${wrongArgument(run)}`,
      2,
    )
}
