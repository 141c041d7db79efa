import { thisMachine } from './machine.js'
import { type Mode, peerName, precisionsOf, type StepOptions } from './measure-steps.js'
import { peerScript } from './peers.js'
import { measure, measureOurs } from './process.js'
import { keep, type SoundRecord, today } from './records.js'
import { wantSameModel } from './same-model.js'
import type { SoundCase } from './sound-cases.js'
import { type StepMeasurement, WARM_UP } from './step-measurement.js'
import { type Contender, inTurns } from './turns.js'

/** What we are called in a record; all others are peers. */
export const ours = { fp32: 'Lacuna', int8: 'Lacuna, int8' } as const

/** Our step of an encoder of sound and the peers', in turns, in fewer bits too where it asks for it; kept as `sound-NAME`. */
export async function measureSound(one: SoundCase, options: StepOptions): Promise<void> {
  const { name, encoder, seconds, batch, steps } = one
  const { peers, rounds, threads, compile, problems, report } = options
  const sizes = [encoder, seconds, batch, steps, threads]
  const own = (products: keyof typeof ours): Contender<StepMeasurement> => ({
    name: ours[products],
    measure: () => measureOurs('run-sound.js', ...sizes, products),
  })
  const contenders = [
    own('fp32'),
    ...(one.fewerBits ? [own('int8')] : []),
    ...precisionsOf(one).flatMap(precision =>
      peers.flatMap(peer =>
        (compile && peer.compiles ? (['eager', 'compile'] as const) : (['eager'] as const)).map((mode: Mode) => ({
          name: peerName(peer, mode, precision),
          measure: () =>
            measure<StepMeasurement>(
              peer.python,
              [peerScript('torch_sound.py'), ...sizes, WARM_UP, mode, precision],
              peer.env,
            ),
        })),
      ),
    ),
  ]
  const measured = await inTurns(rounds, contenders, report)
  wantSameModel(name, measured.results)
  const record: SoundRecord = {
    ...{ machine: thisMachine(), day: today(), seconds, batch, steps, threads },
    results: measured.results,
    problems: [...problems, ...measured.problems],
  }
  keep(`sound-${name}`, record)
}
