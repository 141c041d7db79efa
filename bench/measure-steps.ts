import type { Case, Layout } from './cases.js'
import { thisMachine } from './machine.js'
import { type Peer, peerScript } from './peers.js'
import { measure, measureOurs } from './process.js'
import { keep, type StepRecord, today } from './records.js'
import { wantSameModel } from './same-model.js'
import { type StepMeasurement, WARM_UP } from './step-measurement.js'
import { type Contender, inTurns } from './turns.js'

export interface StepOptions {
  readonly peers: readonly Peer[]
  readonly rounds: number
  readonly threads: number
  /** Whether torch.compile takes part */
  readonly compile: boolean
  /** Pythons that could not be asked, for the page */
  readonly problems: readonly string[]
  readonly report: (line: string) => void
}

type Mode = 'eager' | 'compile'

/** What our contenders are called in a record; all others are peers. */
export const ours = {
  whole: 'Lacuna, whole step',
  plain: 'Lacuna, no augmentation',
  int8: 'Lacuna, no augmentation, int8',
} as const

/**
 * Our step with and without augmentation and the peers' without, in turns; kept as `step-NAME`. Peers are measured in each
 * layout, and compiled in the last one.
 */
export async function measureSteps(one: Case, options: StepOptions): Promise<void> {
  const { name, method, encoder, peer: model, size, batch, steps, layouts } = one
  const { peers, rounds, threads, compile, problems, report } = options
  const own = (kind: keyof typeof ours): Contender<StepMeasurement> => ({
    name: ours[kind],
    measure: () => measureOurs('run-step.js', method, encoder, size, batch, steps, threads, kind),
  })
  const theirs = ({ python, version, env }: Peer, mode: Mode, layout: Layout): Contender<StepMeasurement> => {
    const args = [peerScript('torch_step.py'), method, model, size, batch, steps, threads, WARM_UP, mode, layout]
    const words = [
      mode === 'eager' ? 'eager' : 'torch.compile',
      ...(layout === 'channels_last' ? ['channels last'] : []),
    ]
    return {
      name: `PyTorch ${version}, ${words.join(', ')}`,
      measure: () => measure<StepMeasurement>(python, args, env),
    }
  }
  const compiling = peers.filter(({ compiles }) => compile && compiles)
  const contenders = [
    own('whole'),
    own('plain'),
    ...(one.int8 ? [own('int8')] : []),
    ...peers.flatMap(peer => layouts.map(layout => theirs(peer, 'eager', layout))),
    ...compiling.flatMap(peer => layouts.slice(-1).map(layout => theirs(peer, 'compile', layout))),
  ]
  const measured = await inTurns(rounds, contenders, report)
  wantSameModel(name, measured.results)
  const record: StepRecord = {
    ...{ machine: thisMachine(), day: today(), size, batch, steps, threads },
    results: measured.results,
    problems: [...problems, ...measured.problems],
  }
  keep(`step-${name}`, record)
}
