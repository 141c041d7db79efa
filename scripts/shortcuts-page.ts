import type { Evaluation } from 'lacuna'
import { imageIn } from '#lacuna/channels/bound.js'
import { readConfig } from '#lacuna/runs/config.js'
import { readMetrics } from '#lacuna/runs/metrics.js'

/** What is read of `pretext.json` */
export interface Pretext {
  readonly pictures: number
  readonly measures: readonly {
    readonly name: string
    readonly value: number
    readonly baselines: Readonly<Record<string, number>>
    readonly noise?: number
  }[]
}

/** One training and what came of it. */
export interface Row {
  readonly method: string
  /** What was left out */
  readonly title: string
  readonly out: string
  /** Arguments of `lacuna` */
  readonly commands: readonly (readonly string[])[]
  readonly pretext: Pretext
  readonly evaluation: Evaluation
}

const percent = (share: number) => (100 * share).toFixed(1)

/** `docs/shortcuts.md`: every number and every comparison is read from what the runs left behind. */
export function shortcutsPage(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) throw new Error('nothing was measured')
  const config = readConfig(first.out)
  const { labelled, tested, classes, knn } = first.evaluation
  const minutes = rows.map(({ out }) => (readMetrics(out).at(-1)?.seconds ?? Number.NaN) / 60)
  const methods = [...new Set(rows.map(({ method }) => method))]
  return `# Shortcuts

A network asked where a patch belongs need not look at what the patch shows. Where patches touch, a line that goes on from one to the next is enough; brightness that falls off across the picture, or the colour fringes of a lens, tell the place as well. The measures against this can each be switched off, so that what they are worth can be measured.

Written by \`npm run shortcuts\`; every number is one that it measured. Each row is one training of ${config.steps.toLocaleString('en')} steps of ${config.batch} photos at ${imageIn(config.channels).size} px with the encoder ${config.encoder} (${Math.min(...minutes).toFixed(1)} to ${Math.max(...minutes).toFixed(1)} minutes on one thread), one seed. The accuracy is of the task itself on ${first.pretext.pictures.toLocaleString('en')} tiles of photos that were held out, and on white noise, where there is nothing to find. kNN and linear probes are of the vectors that the encoder gives for ${labelled.toLocaleString('en')} labelled and ${tested.toLocaleString('en')} test emoji of ${classes} classes; in brackets the same before training. In per cent. A kNN or probe score has a standard error of about ${percent(Math.sqrt((knn.trained * (1 - knn.trained)) / tested))} from the number of test pictures alone.

${methods.map(method => section(rows.filter(row => row.method === method))).join('\n')}`
}

function section(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const scores = scoresOf(first.evaluation)
  const lines = rows.map(({ title, pretext, evaluation }) => {
    const { value, noise, baselines } = accuracyOf(pretext)
    const features = scoresOf(evaluation).map(({ of }) => `${percent(of.trained)} (${percent(of.random)})`)
    const task = [value, baselines.chance ?? Number.NaN, noise ?? Number.NaN].map(percent)
    return `| ${title} | ${[...task, ...features].join(' | ')} |`
  })
  return `## ${first.method}

| left out | accuracy | chance | on white noise | ${scores.map(({ name }) => name).join(' | ')} |
|---|${'---|'.repeat(scores.length + 3)}
${lines.join('\n')}

${comparison(rows)}

\`\`\`
${rows.flatMap(({ commands }) => commands.map(command => `lacuna ${command.join(' ')}`)).join('\n')}
\`\`\`
`
}

/** What the numbers say, whatever they are. */
function comparison(rows: readonly Row[]): string {
  const task = rows.map(({ pretext }) => accuracyOf(pretext).value)
  const best = (of: readonly number[]) => of.indexOf(Math.max(...of))
  const named = (i: number) => `leaving out ${rows[i]?.title ?? ''}`
  const sentences = scoresOf(rows[0]?.evaluation).map(({ name }, column) => {
    const features = rows.map(({ evaluation }) => scoresOf(evaluation)[column]?.of.trained ?? Number.NaN)
    const top = best(features)
    return `${name} is highest ${named(top)} (${percent(features[top] ?? Number.NaN)}), and its rank correlation with the accuracy over the rows is ${rankCorrelation(task, features).toFixed(2)}`
  })
  const [all = Number.NaN] = task
  const top = best(task)
  return `The task is solved best ${named(top)}: ${percent(task[top] ?? Number.NaN)}, with all measures ${percent(all)}. ${sentences.join('; ')}.`
}

function accuracyOf({ measures }: Pretext): Pretext['measures'][number] {
  const accuracy = measures.find(({ name }) => name === 'accuracy')
  if (accuracy === undefined) throw new Error('the task has no accuracy')
  return accuracy
}

function scoresOf(e: Evaluation | undefined): { name: string; of: Evaluation['knn'] }[] {
  if (e === undefined) return []
  return [
    { name: 'kNN', of: e.knn },
    ...e.probes.map(({ labelsPerClass, mean }) => ({
      name: labelsPerClass === 'all' ? 'probe, all labels' : `probe, ${labelsPerClass} labels a class`,
      of: mean,
    })),
  ]
}

/** Spearman's: 1 in the same order, −1 in the opposite one; equal numbers share their rank. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]) =>
    values.map(v => values.filter(w => w < v).length + (values.filter(w => w === v).length - 1) / 2)
  const centred = (values: readonly number[]) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    return values.map(v => v - mean)
  }
  const [x, y] = [centred(ranks(a)), centred(ranks(b))]
  const product = (p: readonly number[], q: readonly number[]) => p.reduce((sum, v, i) => sum + v * (q[i] ?? 0), 0)
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y))
}
