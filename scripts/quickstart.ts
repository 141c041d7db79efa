/**
 * The main job on real pictures: SimCLR on emoji in grey, scored against their nine categories. Emoji in colour tell much
 * by their colours alone, which raw pixels have already; in grey it is shapes that have to be learnt.
 * Leaves everything in `runs/quickstart` and prints the table. Needs `npm ci` and nothing else.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { evaluate, evaluationText, openPictures, pretrain, progressLine, writeRunReport } from 'lacuna'
import { emojiFolder } from './emoji.js'
import { marginsText } from './margins.js'

const out = resolve('runs/quickstart')
const epochs = Number(process.env.QUICKSTART_EPOCHS ?? 155)
const seed = Number(process.env.QUICKSTART_SEED ?? 0)
const started = Date.now()
const chosen = ['QUICKSTART_EPOCHS', 'QUICKSTART_SEED'].filter(name => process.env[name] !== undefined)
const repeated = [...chosen.map(name => `${name}=${process.env[name]}`), 'npm run quickstart'].join(' ')
/** In place on a terminal; now and then where the lines are kept */
let shownAt = 0
function show(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${line.padEnd(100)}`)
  else if (line !== '' && Date.now() - shownAt > 10_000) {
    shownAt = Date.now()
    console.error(line)
  }
}

rmSync(out, { recursive: true, force: true }) // this folder belongs to the quick start
const data = emojiFolder(join('runs', 'quickstart-data'))
const pictures = await openPictures(data, { size: 32, channels: 1, cache: resolve('runs', 'cache') })
console.log(`${pictures.items.length} pictures of ${pictures.classes.length} categories`)

const run = await pretrain('simclr', pictures, {
  out,
  report: false, // written below, with the table
  encoder: 'c4-half',
  epochs,
  batch: 64,
  learningRate: 8e-3,
  seed,
  products: 'fp32', // for about the same figures on every processor
  options: { temperature: 0.2, views: { crop: [0.15, 1] } },
  onProgress: progress => show(progressLine(progress)),
})
show('')
const evaluation = await evaluate(out, pictures, { seeds: 3, labels: [10, 'all'], onProgress: show })
writeFileSync(join(out, 'evaluation.json'), `${JSON.stringify(evaluation, undefined, 2)}\n`)
await writeRunReport(out, pictures, { evaluation, command: repeated })
pictures.close()
show('')
console.log(`\n${evaluationText(evaluation)}\n\n${marginsText(evaluation)}`)
console.log(
  `\n${run.step} steps; ${((Date.now() - started) / 60_000).toFixed(1)} minutes in all; open ${relative('.', join(out, 'report.html'))}`,
)
