import { thisMachine } from './machine.js'
import type { StepOptions } from './measure-steps.js'
import { peerScript } from './peers.js'
import { measure, measureOurs } from './process.js'
import { keep, type SoundRecord, today } from './records.js'
import { wantSameModel } from './same-model.js'
import type { SoundCase } from './sound-cases.js'
import { type StepMeasurement, WARM_UP } from './step-measurement.js'
import { type Contender, inTurns } from './turns.js'

/** What we are called in a record; all others are peers. */
export const OURS = 'Lacuna'

/** Our step of an encoder of sound and the peers', in turns; kept as `sound-NAME`. */
export async function measureSound(one: SoundCase, options: StepOptions): Promise<void> {
  const { name, encoder, seconds, batch, steps } = one
  const { peers, rounds, threads, compile, problems, report } = options
  const sizes = [encoder, seconds, batch, steps, threads]
  const contenders: Contender<StepMeasurement>[] = [
    { name: OURS, measure: () => measureOurs('run-sound.js', ...sizes) },
    ...peers.flatMap(({ python, version, env, compiles }) =>
      (compile && compiles ? ['eager', 'compile'] : ['eager']).map(mode => ({
        name: `PyTorch ${version}, ${mode === 'eager' ? 'eager' : 'torch.compile'}`,
        measure: () => measure<StepMeasurement>(python, [peerScript('torch_sound.py'), ...sizes, WARM_UP, mode], env),
      })),
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
