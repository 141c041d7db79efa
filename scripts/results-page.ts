import { kindsOf } from '#lacuna/assembly/assemble.js'
import { contenderNames, contendersIn } from '#lacuna/evaluation/index.js'
import { mean } from '#lacuna/evaluation/statistics.js'
import { methodNamed } from '#lacuna/methods/index.js'
import { type Experiment, headingOf, nameOf, sources } from './experiments.js'
import { minutesOf, type ResultRecord, type State } from './records.js'
import { acrossSection, acrossTable } from './results-across.js'
import { besideBaselines, notBetter, scoresOf, verdictOf } from './results-figures.js'
import { askedSection, speechTable } from './results-speech.js'

/** An experiment and what is known of it. */
export interface Measured {
  readonly experiment: Experiment
  readonly record: ResultRecord | undefined
  readonly state: State
}

const rough = (share: number) => (100 * share).toFixed(1)
const count = (value: number) => value.toLocaleString('en')

/** `docs/results.md`: every number read from the records. */
export function resultsPage(experiments: readonly Measured[]): string {
  const all = experiments.filter(({ experiment }) => experiment.products === undefined)
  const own = all.filter(({ experiment }) => experiment.insteadOf === undefined)
  const of = (kind: Kind) => own.filter(({ experiment }) => kindOf(experiment) === kind)
  const [pairs, films, speech] = [of('pair'), of('film'), of('recording')]
  const minutes = all.flatMap(({ record }) => record ?? []).reduce((sum, record) => sum + minutesOf(record), 0)
  const sections = own.map(one => section(one, triedFor(one, all)))
  return `# Results

Written by \`npm run results\` from the records in \`docs/results\`; every number is one that was measured. A training runs on one thread, as many side by side as there are cores${minutes === 0 ? '' : `: ${minutes.toFixed(0)} minutes of one core in all`}.${loadOf(all)}

## Methods of pictures

Pretext: the task itself on pictures that training has not seen, and what needs no learning. kNN and probes: **balanced accuracy** in per cent on test pictures (each class counts alike), **trained** / the same encoder at random initialisation / raw pixels, mean over the seeds; accuracy stands below, method by method. Above random: whether the trained encoder is above the random one in kNN and both probes, in accuracy and in balanced accuracy, with every seed.

| method | data | encoder | steps × batch | minutes | pretext | kNN | probe, 10 labels | probe, more labels | above random |
|---|---|---|---|---|---|---|---|---|---|
${of('picture').map(row).join('\n')}

${pairs.length === 0 ? '' : pairsPart(pairs)}${films.length === 0 ? '' : filmsPart(films)}${speech.length === 0 ? '' : speechPart(speech)}${sections.join('\n')}`
}

const speechPart = (speech: readonly Measured[]) => `## Methods of sound

Balanced accuracy in per cent of a linear probe with all labels on recordings that it has not learnt from: **trained** / the same encoder at random initialisation / log-mel with deltas / MFCC with theirs (mean and deviation over the frames, for all four), mean over the seeds.

A training here is a few minutes of one core, and hears as many hours as stand below. Those of the papers hear far more: CPC 300,000 steps of 64 windows of 1.28 s, 6,800 hours (van den Oord et al. 2018); wav2vec 2.0 BASE 400,000 steps of 1.6 hours each (Baevski et al. 2020). Of *read sentences*, training hears other sentences of the one speaker whose phones are asked for; of *speech*, it has never heard that speaker. An encoder that begins with the wave itself has its filters to learn first, and stays below log-mel and MFCC on phones here; one that begins with log-mel does not.

${speechTable(speech)}

`

const pairsPart = (pairs: readonly Measured[]) => `## Methods of pictures and their captions

In per cent, mean over the seeds: **trained** / the same networks at random initialisation / words regressed on colours, without any network / chance. A picture is looked for by its caption among all pairs that are held out, a caption by its picture, and classes by their names.

${acrossTable(pairs)}

`

const filmsPart = (films: readonly Measured[]) => `## Methods of films

On films, or parts of films, that training has not seen, mean over the seeds. Skill is the share of the error of repeating the last frame that is saved where something moves: above 0 is better than that.

| method | data | encoder | steps × batch | minutes | pretext |
|---|---|---|---|---|---|
${films.map(one => `| ${factsOf(one).join(' | ')} |`).join('\n')}

`

function factsOf({ experiment, record, state }: Measured): string[] {
  const [method, { title }] = [nameOf(experiment), sources[experiment.on]]
  if (record === undefined) return [method, title, 'not measured yet', '', '', '']
  const { encoder, steps, batch } = record.run
  const stale = state === 'stale' ? ' (before a change)' : ''
  const minutes = mean(record.minutes.trainings).toFixed(1)
  return [
    method,
    `${title}${stale}`,
    encoder,
    `${steps} × ${batch}`,
    minutes,
    besideBaselines(record.pretexts).join('; '),
  ]
}

function row(one: Measured): string {
  const { record } = one
  const columns = record?.evaluation === undefined ? [] : scoresOf(record.evaluation)
  const cells = columns.map(({ of: { balanced } }) => {
    const { trained, random, raw } = balanced.mean
    return `**${rough(trained)}** / ${rough(random)} / ${rough(raw)}`
  })
  const scores = columns.length === 0 ? ['', '', '', ''] : [...cells, verdictOf(columns).short]
  return `| ${[...factsOf(one), ...scores].join(' | ')} |`
}

function section({ experiment, record, state }: Measured, tried: readonly Measured[]): string {
  const { on, recipe } = experiment
  const { from } = sources[on]
  const heading = `## ${headingOf(experiment)}\n`
  if (record === undefined) return `${heading}\nNot measured yet: \`npm run results -- --only ${experiment.name}\`.\n`
  const { run, minutes, pretexts, evaluation, across, commands } = record
  const behind = notBetter(pretexts)
  const task = [
    `On ${count(pretexts[0]?.pictures ?? 0)} ${kindOf(experiment)}s held out: ${besideBaselines(pretexts).join('; ')}.`,
    ...pretexts.flatMap(({ alarms }) => alarms).map(alarm => `Alarm: ${alarm}.`),
    ...(behind.length > 0 ? [`Not better than ${behind.join(', nor than ')}.`] : []),
  ]
  const parts = [
    heading,
    ...(state === 'stale' ? ['Measured before a change of the method or of this experiment: to be repeated.\n'] : []),
    `${count(run.pictures)} ${dataOf(record)} (${from}). Encoder ${run.encoder}, ${count(run.steps)} steps of ${run.batch} ${kindOf(experiment)}s without labels: ${minutes.trainings.map(m => m.toFixed(1)).join(', ')} minutes. ${recipe === undefined ? '' : `${recipe}. `}${when(record)}\n`,
    `\`\`\`\n${commands.join('\n')}\n\`\`\`\n`,
    `${task.join(' ')}\n`,
    ...(record.asked === undefined ? [] : [`${askedSection(record)}\n`]),
    ...(across === undefined ? [] : [`${acrossSection(across)}\n`]),
    ...(evaluation === undefined ? [] : [scoreSection(evaluation), `${verdictOf(scoresOf(evaluation)).long}\n`]),
    ...(tried.length === 0 ? [] : [triedSection(tried)]),
  ]
  return parts.join('\n')
}

/** What a sample of a method is. */
type Kind = 'picture' | 'pair' | 'film' | 'recording'
function kindOf({ method }: Pick<Experiment, 'method'>): Kind {
  const kinds = kindsOf(methodNamed(method))
  if (kinds.includes('text')) return 'pair'
  if (kinds.includes('video') || kinds.length > 1) return 'film'
  return kinds.includes('audio') ? 'recording' : 'picture'
}

function dataOf({ method, run }: ResultRecord): string {
  const kind = kindOf({ method })
  return kind === 'recording'
    ? `recordings, ${run.seconds?.toFixed(1)} s of each at a time`
    : `${kind}s of ${run.size} px, ${run.channels === 1 ? 'grey' : 'colour'}`
}

function when({ measured: { day, commit, lacuna, onnxruntime, node }, rechecked }: ResultRecord): string {
  const since =
    rechecked === undefined ? '' : ` The code of ${rechecked.day} (${rechecked.commit}) takes the same first steps.`
  return `Measured on ${day} at ${commit} with lacuna ${lacuna}, onnxruntime ${onnxruntime}, Node ${node}.${since}`
}

function scoreSection(e: NonNullable<ResultRecord['evaluation']>): string {
  const names = { ...contenderNames.image, random: 'the same encoder, random initialisation' }
  const contenders = contendersIn(e.knns.mean)
  const columns = scoresOf(e)
  const table = (
    title: string,
    pick: (of: (typeof columns)[number]['of']) => (typeof columns)[number]['of']['balanced'],
  ) => {
    const summary = contenders.map(c => {
      const cells = columns.map(({ of }) => {
        const { mean, sd } = pick(of)
        const [middle, off] = [mean[c] ?? Number.NaN, sd[c] ?? 0]
        return off === 0 ? rough(middle) : `${rough(middle)} ± ${rough(off)}`
      })
      return `| ${names[c]} | ${cells.join(' | ')} |`
    })
    const seeds = e.knns.seeds.map((_, seed) => {
      const cells = columns.map(({ of }) =>
        contenders.map(c => rough(pick(of).seeds[seed]?.[c] ?? Number.NaN)).join(' / '),
      )
      return `| seed ${seed}: ${contenders.join(' / ')} | ${cells.join(' | ')} |`
    })
    const head = `| ${title} | ${columns.map(column => column.title).join(' | ')} |\n|---|${'---|'.repeat(columns.length)}`
    return [head, ...summary, ...seeds].join('\n')
  }
  const balanced = table('balanced accuracy', of => of.balanced)
  const tables = sameThroughout(columns.map(({ of }) => of))
    ? `${balanced}\n\nThe test classes are equally large: accuracy is the same.\n`
    : `${balanced}\n\n${table('accuracy', of => of)}\n`
  return `In per cent on ${count(e.tested)} test pictures of ${e.classes} classes, mean ± standard deviation over ${e.seeds} seeds. kNN with k = ${e.k} and all ${count(e.labelled)} training labels; a probe with few labels is the mean of five draws of them for each seed. Chance is ${rough(e.chance)}, always the commonest class ${rough(e.majority)} in accuracy.

${tables}`
}

function sameThroughout(columns: readonly ReturnType<typeof scoresOf>[number]['of'][]): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-9
  return columns.every(of => near(of.mean.trained, of.balanced.mean.trained) && near(of.mean.raw, of.balanced.mean.raw))
}

const triedFor = ({ experiment: { name } }: Measured, all: readonly Measured[]): Measured[] =>
  all.filter(({ experiment, record }) => experiment.insteadOf === name && record !== undefined)

/** Other budgets and recipes, which have records as well. */
function triedSection(tried: readonly Measured[]): string {
  const rows = tried.flatMap(({ record, state, experiment: { train } }) => {
    if (record?.evaluation === undefined) return []
    const columns = scoresOf(record.evaluation)
    const cells = columns.map(
      ({ of: { balanced } }) => `${rough(balanced.mean.trained)} / ${rough(balanced.mean.random)}`,
    )
    const facts = [
      `\`${train}\`${state === 'stale' ? ' (before a change)' : ''}`,
      record.seeds.length,
      mean(record.minutes.trainings).toFixed(1),
    ]
    return [`| ${[...facts, ...cells, verdictOf(columns).short].join(' | ')} |`]
  })
  return `Tried as well, balanced accuracy of trained / random:

| options | seeds | minutes | kNN | probe, 10 labels | probe, more labels | above random |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}

/** Whether the minutes are those of a quiet machine. */
function loadOf(all: readonly Measured[]): string {
  const busy = all.flatMap(({ record }) => record?.measured ?? []).filter(({ load, cores }) => load > 1.5 * cores)
  if (busy.length === 0) return ''
  const loads = busy.map(({ load }) => load)
  return ` ${busy.length} of the records were made while the machine was busy with other work too (${Math.min(...loads).toFixed(0)} to ${Math.max(...loads).toFixed(0)} processes that wanted one of ${busy[0]?.cores} cores): their minutes are longer than on a quiet one.`
}
