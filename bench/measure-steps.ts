import type { Case } from './cases.js'
import { thisMachine } from './machine.js'
import { type Peer, peerScript } from './peers.js'
import { measure, measureOurs } from './process.js'
import { keep, type StepRecord, today } from './records.js'
import { type StepMeasurement, WARM_UP } from './step-measurement.js'
import { type Contender, inTurns } from './turns.js'

export interface StepOptions {
  readonly peers: readonly Peer[]
  readonly rounds: number
  readonly steps: number
  readonly threads: number
  /** Whether torch.compile takes part */
  readonly compile: boolean
  /** Pythons that could not be asked, for the page */
  readonly problems: readonly string[]
  readonly report: (line: string) => void
}

type Mode = 'eager' | 'compile'
/** How PyTorch lays out pictures: [N, C, H, W] or [N, H, W, C] in memory */
type Layout = 'contiguous' | 'channels_last'

/** What our two contenders are called in a record; all others are peers. */
export const ours = { whole: 'Lacuna, whole step', plain: 'Lacuna, no augmentation' } as const

/** Our step with and without augmentation and the peers' without, in turns; kept as `step-NAME`. */
export async function measureSteps(one: Case, options: StepOptions): Promise<void> {
  const { name, encoder, peer: model, size, batch } = one
  const { peers, rounds, steps, threads, compile, problems, report } = options
  const own = (kind: keyof typeof ours): Contender<StepMeasurement> => ({
    name: ours[kind],
    measure: () => measureOurs('run-step.js', encoder, size, batch, steps, threads, kind),
  })
  const peerStep = ({ python, env }: Peer, mode: Mode, layout: Layout, timed = steps) => {
    const args = [peerScript('torch_step.py'), model, size, batch, timed, threads, WARM_UP, mode, layout]
    return measure<StepMeasurement>(python, args, env)
  }
  const theirs = (peer: Peer, mode: Mode): Contender<StepMeasurement> => ({
    name: `PyTorch ${peer.version}, ${mode === 'eager' ? 'eager' : 'torch.compile'}`,
    measure: async () => peerStep(peer, mode, await fasterLayout(peer)),
  })
  const fasterLayout = remembered(async (peer: Peer): Promise<Layout> => {
    const [contiguous, channelsLast] = [
      await peerStep(peer, 'eager', 'contiguous', 3),
      await peerStep(peer, 'eager', 'channels_last', 3),
    ]
    const faster = channelsLast.seconds < contiguous.seconds ? 'channels_last' : 'contiguous'
    report(`PyTorch ${peer.version} is given tensors that are ${faster}, which is faster in a trial`)
    return faster
  })
  const contenders = [
    own('whole'),
    own('plain'),
    ...peers.map(peer => theirs(peer, 'eager')),
    ...peers.filter(({ compiles }) => compile && compiles).map(peer => theirs(peer, 'compile')),
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

/** A comparison of different models would say nothing. */
function wantSameModel(name: string, results: StepRecord['results']): void {
  const counts = Object.entries(results).flatMap(([who, [first]]) => (first ? [[who, first.parameters] as const] : []))
  if (new Set(counts.map(([, count]) => count)).size > 1)
    throw new Error(`${name}: models differ in parameters: ${counts.map(([who, n]) => `${who} ${n}`).join('; ')}`)
}

/** The result of the first call with an argument serves all later ones. */
function remembered<In, Out>(find: (of: In) => Promise<Out>): (of: In) => Promise<Out> {
  const known = new Map<In, Promise<Out>>()
  return of => {
    const found = known.get(of) ?? find(of)
    known.set(of, found)
    return found
  }
}
