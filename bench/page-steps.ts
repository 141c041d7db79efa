import type { Case } from './cases.js'
import { isInFp32, ours } from './measure-steps.js'
import { figure, problemList, table, withSpread } from './page-table.js'
import type { StepRecord } from './records.js'
import { median, ratios } from './statistics.js'
import type { StepMeasurement } from './step-measurement.js'

type Rounds = readonly StepMeasurement[]

/** One row of the table of all cases: our speeds, that of the fastest peer in fp32, and how often ours goes into it. */
export function summaryRow(one: Case, record: StepRecord): string[] {
  const { whole, plain, wholeInt8, peers } = contendersOf(record)
  const speeds = (rounds: Rounds) => rounds.map(m => viewsPerSecond(m, one, record))
  const [fastest] = peers
    .filter(({ name }) => isInFp32(name))
    .sort((a, b) => median(speeds(b.rounds)) - median(speeds(a.rounds)))
  const theirs = fastest === undefined ? [] : speeds(fastest.rounds)
  const against = (rounds: Rounds) =>
    fastest === undefined || rounds.length === 0 ? '' : withSpread(ratios(speeds(rounds), theirs))
  return [
    titleOf(one, record),
    figure(median(speeds(whole))),
    figure(median(speeds(plain))),
    wholeInt8.length === 0 ? '' : figure(median(speeds(wholeInt8))),
    fastest === undefined ? '' : `${figure(median(theirs))} (${fastest.name.replace('PyTorch ', '')})`,
    against(whole),
    against(plain),
    against(wholeInt8),
  ]
}

/** All that was measured of one case. */
export function stepSection(one: Case, record: StepRecord): string {
  const { whole, plain, wholeInt8, plainInt8, peers } = contendersOf(record)
  const gflop = plain[0]?.gflop ?? Number.NaN
  const speeds = (rounds: Rounds) => rounds.map(m => viewsPerSecond(m, one, record))
  const row = (name: string, rounds: Rounds, compared: readonly string[]) => [
    name,
    withSpread(speeds(rounds)),
    ...compared,
    figure(median(rounds.map(({ seconds }) => gflop / seconds))),
    `${(100 * median(rounds.map(m => gflop / m.seconds / m.matmulGflops))).toFixed(0)} % of ${figure(median(rounds.map(m => m.matmulGflops)))}`,
    median(rounds.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
    rounds.some(m => m.compileSeconds === undefined)
      ? ''
      : figure(median(rounds.map(({ compileSeconds = 0 }) => compileSeconds))),
    figure(median(rounds.map(({ firstStepSeconds }) => firstStepSeconds))),
  ]
  const compared = [
    { title: 'ratio, whole', own: whole, to: isInFp32 },
    { title: 'ratio, no augmentation', own: plain, to: isInFp32 },
    { title: 'ratio, whole, int8', own: wholeInt8, to: () => true },
    { title: 'ratio, no augmentation, int8', own: plainInt8, to: () => true },
  ].filter(({ own }) => own.length > 0)
  const none = compared.map(() => '')
  const rows = [
    row(ours.whole, whole, none),
    row(ours.plain, plain, none),
    ...(wholeInt8.length > 0 ? [row(ours.wholeInt8, wholeInt8, none)] : []),
    ...(plainInt8.length > 0 ? [row(ours.plainInt8, plainInt8, none)] : []),
    ...peers.map(({ name, rounds }) =>
      row(
        name,
        rounds,
        compared.map(({ own, to }) => (to(name) ? withSpread(ratios(speeds(own), speeds(rounds))) : '')),
      ),
    ),
  ]
  const head = ['', 'views/s', ...compared.map(({ title }) => title)]
  const rest = ['Gflop/s', 'share of a matrix product', 'peak MB', 'compile s', 'first step s']
  const count = plain.length === 1 ? '1 round' : `${plain.length} rounds`
  return `### ${titleOf(one, record)}

${figure((plain[0]?.parameters ?? 0) / 1e6)} million parameters, ${figure(gflop)} Gflop a step; ${count} of ${record.steps} steps, ${record.threads} ${record.threads === 1 ? 'thread' : 'threads'}.

${table([...head, ...rest], rows)}${problemList(record.problems)}`
}

function contendersOf({ results }: StepRecord) {
  const of = (kind: keyof typeof ours): Rounds => results[ours[kind]] ?? []
  const own: readonly string[] = Object.values(ours)
  return {
    ...{ whole: of('whole'), plain: of('plain'), wholeInt8: of('wholeInt8'), plainInt8: of('plainInt8') },
    peers: Object.entries(results).flatMap(([name, rounds]) => (own.includes(name) ? [] : [{ name, rounds }])),
  }
}

const viewsPerSecond = ({ seconds }: StepMeasurement, { views }: Case, { batch }: StepRecord): number =>
  (views * batch) / seconds

const titleOf = ({ title, samples, views }: Case, { size, batch }: StepRecord): string =>
  `${title}, ${batch} ${samples} of ${size} px (${views * batch} views)`
