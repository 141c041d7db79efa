import { ours } from './measure-sound.js'
import { isInFp32 } from './measure-steps.js'
import { figure, problemList, table, withSpread } from './page-table.js'
import type { SoundRecord } from './records.js'
import { type SoundCase, soundTitle } from './sound-cases.js'
import { median, ratios } from './statistics.js'
import type { StepMeasurement } from './step-measurement.js'

/** All that was measured of encoders of sound. */
export function soundSection(measured: readonly { readonly one: SoundCase; readonly record: SoundRecord }[]): string {
  const rows = measured.flatMap(({ one, record }) => rowsOf(one, record))
  const head = ['', '', 's of sound/s', 'ratio', 'ratio, int8', 'Gflop/s', 'peak MB', 'compile s', 'first step s']
  return `## Encoders of sound

One step with AdamW from waves of 16 kHz: the frames of the encoder are drawn to ones, which leaves out what a method costs beside it. Of wav2vec 2.0 and HuBERT half of the frames are hidden, and PyTorch's is the model of the package \`transformers\`, for log-mel frames its transformer behind \`torch.stft\`. All take turns as above; ratios above 1 say how many times Lacuna is faster: *ratio* is of float32 to float32, *ratio, int8* of ours in int8 to all others.

${table(head, rows)}${problemList([...new Set(measured.flatMap(({ record }) => record.problems))])}`
}

function rowsOf({ title }: SoundCase, record: SoundRecord): string[][] {
  const { [ours.fp32]: own = [], [ours.int8]: int8 = [], ...peers } = record.results
  const gflop = own[0]?.gflop ?? Number.NaN
  const speeds = (rounds: readonly StepMeasurement[]) =>
    rounds.map(({ seconds }) => (record.batch * record.seconds) / seconds)
  const against = (rounds: readonly StepMeasurement[], name: string) =>
    name in peers
      ? [isInFp32(name) ? own : [], int8].map(some => withSpread(ratios(speeds(some), speeds(rounds))))
      : ['', '']
  const mine = [[ours.fp32, own] as const, ...(int8.length > 0 ? [[ours.int8, int8] as const] : [])]
  return [...mine, ...Object.entries(peers)].map(([name, rounds], i) => [
    i === 0 ? soundTitle({ ...record, title }) : '',
    name,
    withSpread(speeds(rounds)),
    ...against(rounds, name),
    figure(median(rounds.map(({ seconds }) => gflop / seconds))),
    median(rounds.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
    name in peers ? '' : figure(median(rounds.map(({ compileSeconds = 0 }) => compileSeconds))),
    figure(median(rounds.map(({ firstStepSeconds }) => firstStepSeconds))),
  ])
}
