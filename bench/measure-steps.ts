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

export type Mode = 'eager' | 'compile'
/** What a peer computes in; bf16 is autocast of PyTorch's, with weights and optimiser in fp32 */
export type PeerPrecision = 'fp32' | 'bf16'

/** What a peer is called in a record. */
export function peerName(
  { version }: Peer,
  mode: Mode,
  precision: PeerPrecision,
  more: readonly string[] = [],
): string {
  const words = [mode === 'eager' ? 'eager' : 'torch.compile', ...more, ...(precision === 'bf16' ? [BF16] : [])]
  return `PyTorch ${version}, ${words.join(', ')}`
}
const BF16 = 'bf16'

/** Whether somebody of that name computes in fp32, as ours do that ratios are taken of. */
export const isInFp32 = (peer: string): boolean => !peer.endsWith(`, ${BF16}`)

/** What peers are measured in. */
export const precisionsOf = ({ fewerBits }: Pick<Case, 'fewerBits'>): readonly PeerPrecision[] =>
  fewerBits ? ['fp32', 'bf16'] : ['fp32']

/** What our contenders are called in a record; all others are peers. */
export const ours = {
  whole: 'Lacuna, whole step',
  plain: 'Lacuna, no augmentation',
  wholeInt8: 'Lacuna, whole step, int8',
  plainInt8: 'Lacuna, no augmentation, int8',
} as const
type Own = keyof typeof ours
const asked: { readonly [Kind in Own]: readonly string[] } = {
  whole: ['whole', 'fp32'],
  plain: ['plain', 'fp32'],
  wholeInt8: ['whole', 'int8'],
  plainInt8: ['plain', 'int8'],
}

/**
 * Our step with and without augmentation and the peers' without, in turns; kept as `step-NAME`. Peers are measured in each
 * layout, and compiled in the last one; ours in int8 and theirs in bf16 where the case asks for fewer bits.
 */
export async function measureSteps(one: Case, options: StepOptions): Promise<void> {
  const { name, method, encoder, peer: model, size, batch, steps, layouts } = one
  const { peers, rounds, threads, compile, problems, report } = options
  const own = (kind: Own): Contender<StepMeasurement> => ({
    name: ours[kind],
    measure: () => measureOurs('run-step.js', method, encoder, size, batch, steps, threads, ...asked[kind]),
  })
  const theirs = (peer: Peer, mode: Mode, precision: PeerPrecision, layout: Layout): Contender<StepMeasurement> => {
    const sizes = [size, batch, steps, threads, WARM_UP]
    const args = [peerScript('torch_step.py'), method, model, ...sizes, mode, precision, layout]
    return {
      name: peerName(peer, mode, precision, layout === 'channels_last' ? ['channels last'] : []),
      measure: () => measure<StepMeasurement>(peer.python, args, peer.env),
    }
  }
  const compiling = peers.filter(({ compiles }) => compile && compiles)
  const contenders = [
    own('whole'),
    own('plain'),
    ...(one.fewerBits ? [own('wholeInt8'), own('plainInt8')] : []),
    ...precisionsOf(one).flatMap(precision => [
      ...peers.flatMap(peer => layouts.map(layout => theirs(peer, 'eager', precision, layout))),
      ...compiling.flatMap(peer => layouts.slice(-1).map(layout => theirs(peer, 'compile', precision, layout))),
    ]),
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
