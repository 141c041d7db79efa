/**
 * Repeats the measured results and writes `docs/results.md`.
 *
 * usage: npm run results [-- FOLDER_OF_FASHION_MNIST]
 * Fashion-MNIST as four IDX files, gzipped or not (Debian: apt-get install dataset-fashion-mnist).
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Evaluation, readConfig, readMetrics, runsIn } from 'lacuna'

const data = process.argv[2] ?? '/usr/share/datasets/fashion-mnist'
if (!existsSync(data)) {
  console.error(
    `${data}: not there; install Debian's dataset-fashion-mnist, or give the folder with the four IDX files`,
  )
  process.exit(1)
}

const SEEDS = 3
const out = join('runs', 'results', 'fashion-mnist')
const train = [
  ...['pretrain', 'simclr', data, '--encoder', 'c4', '--steps', '2400', '--batch', '64', '--lr', '4e-3'],
  ...['--set', 'temperature=0.2', '--set', 'views.crop=[0.3,1]', '--seeds', `${SEEDS}`, '--out', out],
]
const score = ['evaluate', out, data, '--labels', '10,100', '--json']

rmSync(resolve(out), { recursive: true, force: true })
lacuna(train)
const evaluation = JSON.parse(lacuna(score)) as Evaluation
mkdirSync('docs', { recursive: true })
writeFileSync(join('docs', 'results.md'), page(evaluation))
console.log(readFileSync(join('docs', 'results.md'), 'utf8'))

function lacuna(args: readonly string[]): string {
  return execFileSync(process.execPath, [join('dist', 'cli', 'main.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function page(e: Evaluation): string {
  const columns = [
    { title: 'kNN', of: e.knns },
    ...e.probes.map(p => ({ title: `probe, ${p.labelsPerClass} labels a class`, of: p })),
  ]
  const percent = (share: number) => (100 * share).toFixed(2)
  const contenders = ['trained', 'random', 'raw'] as const
  const names = { trained: 'trained', random: 'the same encoder, random initialisation', raw: 'raw pixels' }
  const summary = contenders.map(
    c =>
      `| ${names[c]} | ${columns.map(({ of }) => (of.sd[c] === 0 ? percent(of.mean[c]) : `${percent(of.mean[c])} ± ${percent(of.sd[c])}`)).join(' | ')} |`,
  )
  const bySeed = e.knns.seeds.map(
    (_, seed) =>
      `| ${seed} | ${columns.map(({ of }) => contenders.map(c => percent(of.seeds[seed]?.[c] ?? Number.NaN)).join(' / ')).join(' | ')} |`,
  )
  const runs = runsIn(out)
  const minutes = runs.map(run => (readMetrics(run).at(-1)?.seconds ?? Number.NaN) / 60)
  const config = readConfig(runs[0] ?? out)
  return `# Results

Written by \`npm run results\`; every number is one that it measured. Accuracy in per cent on test pictures.

## SimCLR on Fashion-MNIST

${e.labelled.toLocaleString('en')} training and ${e.tested.toLocaleString('en')} test pictures, 28 × 28, grey, ${e.classes} classes. Encoder ${config.encoder}, ${config.steps.toLocaleString('en')} steps of ${config.batch} pictures without labels; ${minutes.map(m => m.toFixed(1)).join(', ')} minutes of training on ${process.env.RESULTS_MACHINE ?? '2 cores'}.

\`\`\`
lacuna ${train.join(' ')}
lacuna ${score.join(' ')}
\`\`\`

Mean ± standard deviation over ${e.seeds} seeds (pretraining, random initialisation and the choice of the labelled pictures); kNN with k = ${e.k} and all training labels.

| | ${columns.map(({ title }) => title).join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${summary.join('\n')}

Chance is ${percent(e.chance)}, always the commonest class ${percent(e.majority)}.

Seed by seed, trained / random initialisation / raw pixels:

| seed | ${columns.map(({ title }) => title).join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${bySeed.join('\n')}
`
}
