import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { openRuns } from '../runs/run.js'
import { openFor } from './options.js'
import type { Output } from './terminal.js'

/** What is learnt from and told, by one column of labels, and what it is tested on where that is another. */
export interface Opened {
  readonly set: SampleSet
  readonly test?: SampleSet
}

type Runs = ReturnType<typeof openRuns>

/**
 * The data by each of the columns of labels that were asked for, so that one that is not there is told before anything is done.
 * @param options `label`: columns with commas between them
 */
export async function openAll(
  runs: Runs,
  data: string,
  { label, testData, ...options }: { readonly label?: string; readonly testData?: string },
  output: Output,
): Promise<readonly [Opened, ...Opened[]]> {
  const by = async (column: string | undefined, output: Output): Promise<Opened> => {
    const words = { ...options, label: column }
    const set = await openToEvaluate(runs, data, words, output)
    if (testData === undefined) return { set }
    return { set, test: await openToEvaluate(runs, testData, words, output) }
  }
  const [first, ...others] = [...new Set(label?.split(',').map(column => column.trim()))]
  const opened: [Opened, ...Opened[]] = [await by(first, output)]
  const quiet = { ...output, note: () => undefined } // of the same data all has been said
  for (const column of others) opened.push(await by(column, quiet))
  return opened
}

export function closeAll(opened: readonly Opened[]): void {
  for (const { set, test } of opened) {
    set.close()
    test?.close()
  }
}

/** What the encoder sees; with what belongs to it, where the runs compare channels and the data has them. */
async function openToEvaluate(runs: Runs, data: string, words: object, output: Output): Promise<SampleSet> {
  const { kindsSeen } = await import('../assembly/programs.js')
  const { comparesChannels } = await import('../evaluation/across/evaluate.js')
  const { config, assembly } = runs[0]
  const seen = () => openFor(config, data, words, output, kindsSeen(assembly()))
  if (!comparesChannels(runs)) return seen()
  try {
    return await openFor(config, data, words, output)
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    const alone = await seen().catch(() => {
      throw error
    })
    output.note(`Nothing is looked for across channels, since there are no pairs: ${error.message}`)
    return alone
  }
}
