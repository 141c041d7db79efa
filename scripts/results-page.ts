import { contenders, type Evaluation, type Pretext, readConfig, readMetrics, type Summary } from 'lacuna'
import { type Experiment, sources } from './experiments.js'

/** An experiment and what came of it. */
export interface Outcome extends Experiment {
  /** Folders of the runs, one a seed */
  readonly runs: readonly string[]
  readonly pretexts: readonly Pretext[]
  readonly evaluation: Evaluation | undefined
}

/** Of measuring everything in one go, the time with all trainings and evaluations */
export interface Total {
  readonly minutes: number
  readonly cores: number
}

const names = { trained: 'trained', random: 'the same encoder, random initialisation', raw: 'raw pixels' }
const percent = (share: number) => (100 * share).toFixed(2)
const rough = (share: number) => (100 * share).toFixed(1)
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** `docs/results.md`: every number read from what the runs left behind. */
export function resultsPage(outcomes: readonly Outcome[], total: Total | undefined): string {
  const minutes = mean(outcomes.flatMap(o => o.runs.map(minutesOf))) * outcomes.flatMap(o => o.runs).length
  return `# Results

Written by \`npm run results\`; every number is one that it measured. Trainings run on one thread each, as many side by side as there are cores: ${minutes.toFixed(0)} minutes of one core in all.${total === undefined ? '' : ` All of it, with the evaluations and from nothing, took ${total.minutes.toFixed(0)} minutes on ${total.cores} cores.`}

## All methods

Pretext: the task itself on pictures that training has not seen, and what needs no learning. kNN and probe: accuracy in per cent on test pictures, **trained** / the same encoder at random initialisation / raw pixels, mean over the seeds; the probe is the one with the fewest labels.

| method | data | encoder | steps × batch | minutes | pretext | kNN | probe |
|---|---|---|---|---|---|---|---|
${outcomes.map(row).join('\n')}

${outcomes.map(section).join('\n')}`
}

function row({ method, on, runs, pretexts, evaluation }: Outcome): string {
  const { encoder, steps, batch } = readConfig(runs[0] ?? '')
  const [probe] = evaluation?.probes ?? []
  const three = (of: Summary) => `**${rough(of.mean.trained)}** / ${rough(of.mean.random)} / ${rough(of.mean.raw)}`
  const scores = evaluation && probe ? [three(evaluation.knns), `${three(probe)} (${probe.labelsPerClass})`] : ['', '']
  const cells = [method, sources[on].title, encoder, `${steps} × ${batch}`, mean(runs.map(minutesOf)).toFixed(1)]
  return `| ${[...cells, pretextOf(pretexts).join('; '), ...scores].join(' | ')} |`
}

/** Each measure with its baselines, mean over the seeds. */
function pretextOf(pretexts: readonly Pretext[]): string[] {
  const [first] = pretexts
  const figure = (value: number) => value.toPrecision(3)
  return (first?.measures ?? []).map(({ name, baselines, noise }, i) => {
    const over = (pick: (m: Pretext['measures'][number]) => number | undefined) =>
      mean(pretexts.flatMap(p => p.measures.slice(i, i + 1).map(m => pick(m) ?? Number.NaN)))
    const beside = Object.keys(baselines).map(key => `${key} ${figure(over(m => m.baselines[key]))}`)
    if (noise !== undefined) beside.push(`on white noise ${figure(over(m => m.noise))}`)
    return `${name} **${figure(over(m => m.value))}** (${beside.join(', ')})`
  })
}

/** Baselines that the task, mean over the seeds, does not beat. */
function notBetter(pretexts: readonly Pretext[]): string[] {
  return (pretexts[0]?.measures ?? []).flatMap(({ name, better, baselines }, i) => {
    const all = pretexts.flatMap(p => p.measures.slice(i, i + 1))
    const value = mean(all.map(m => m.value))
    return Object.keys(baselines)
      .filter(key => {
        const trivial = mean(all.map(m => m.baselines[key] ?? Number.NaN))
        return better === 'higher' ? value <= trivial : value >= trivial
      })
      .map(key => `${key} in ${name}`)
  })
}

function section({ name, method, on, train, score, runs, pretexts, evaluation, reason, probeReason }: Outcome): string {
  const { config, minutes } = { config: readConfig(runs[0] ?? ''), minutes: runs.map(run => minutesOf(run).toFixed(1)) }
  const { title, path, from } = sources[on]
  const scoring = score === undefined ? '' : `\nlacuna evaluate runs/results/${name} ${path} ${score}`
  const alarms = pretexts.flatMap(p => p.alarms)
  const behind = notBetter(pretexts)
  const remarks = [
    ...alarms.map(alarm => `Alarm: ${alarm}.`),
    ...(behind.length > 0 ? [`Not better than ${behind.join(', nor than ')}.`, ...(reason ? [`${reason}.`] : [])] : []),
  ]
  return `## ${method} on ${title}

${config.data.pictures.toLocaleString('en')} pictures of ${config.size} px, ${config.channels === 1 ? 'grey' : 'colour'} (${from}). Encoder ${config.encoder}, ${config.steps.toLocaleString('en')} steps of ${config.batch} pictures without labels: ${minutes.join(', ')} minutes.

\`\`\`
lacuna pretrain ${method} ${path} ${train} --seed 0 --threads 1 --out runs/results/${name}/seed-0
lacuna pretext runs/results/${name} ${path}${scoring}
\`\`\`

On ${pretexts[0]?.pictures.toLocaleString('en')} pictures held out: ${[`${pretextOf(pretexts).join('; ')}.`, ...remarks].join(' ')}
${evaluation === undefined ? '' : [scoresOf(evaluation), ...notAboveRandom(evaluation, probeReason)].join('\n')}`
}

function scoresOf(e: Evaluation): string {
  const columns = columnsOf(e)
  const withDeviation = (of: Summary, c: (typeof contenders)[number]) =>
    of.sd[c] === 0 ? percent(of.mean[c]) : `${percent(of.mean[c])} ± ${percent(of.sd[c])}`
  const summary = contenders.map(c => `| ${names[c]} | ${columns.map(({ of }) => withDeviation(of, c)).join(' | ')} |`)
  const bySeed = e.knns.seeds.map((_, seed) => {
    const cells = columns.map(({ of }) => contenders.map(c => percent(of.seeds[seed]?.[c] ?? Number.NaN)).join(' / '))
    return `| seed ${seed}: trained / random / raw | ${cells.join(' | ')} |`
  })
  return `
Accuracy in per cent on ${e.tested.toLocaleString('en')} test pictures of ${e.classes} classes, mean ± standard deviation over ${e.seeds} seeds. kNN with k = ${e.k} and all ${e.labelled.toLocaleString('en')} training labels; a probe with few labels is the mean of five draws of them for each seed. Chance is ${percent(e.chance)}, always the commonest class ${percent(e.majority)}.

| | ${columns.map(c => c.title).join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${[...summary, ...bySeed].join('\n')}
`
}

/** Says where training has not helped: in the mean over the seeds, or with some of them. */
function notAboveRandom(e: Evaluation, reason: string | undefined): string[] {
  const above = (s: { readonly trained: number; readonly random: number } | undefined) => s && s.trained > s.random
  const columns = columnsOf(e)
  const inMean = columns.filter(({ of }) => !above(of.mean)).map(({ title }) => title)
  const withSome = columns.filter(({ of }) => above(of.mean) && !of.seeds.every(above)).map(({ title }) => title)
  if (inMean.length + withSome.length === 0) return []
  const said = [
    ...(inMean.length > 0 ? [`Trained is not above random initialisation: ${inMean.join('; ')}.`] : []),
    ...(withSome.length > 0 ? [`Above in the mean but not with every seed: ${withSome.join('; ')}.`] : []),
    ...(reason === undefined ? [] : [`${reason}.`]),
  ]
  return [`${said.join(' ')}\n`]
}

function columnsOf({ knns, probes }: Evaluation): { title: string; of: Summary }[] {
  return [
    { title: 'kNN', of: knns },
    ...probes.map(p => ({
      title: p.labelsPerClass === 'all' ? 'probe, all labels' : `probe, ${p.labelsPerClass} labels a class`,
      of: p,
    })),
  ]
}

const minutesOf = (run: string): number => (readMetrics(run).at(-1)?.seconds ?? Number.NaN) / 60
