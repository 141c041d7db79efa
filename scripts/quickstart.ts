/**
 * The main job on real pictures: SimCLR on emoji, scored against their nine categories.
 * Leaves everything in `runs/quickstart` and prints the table. Needs `npm ci` and nothing else.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { evaluate, evaluationText, openPictures, pretrain, progressLine, writeRunReport } from 'lacuna'
import { emojiFolder } from './emoji.js'

const out = resolve('runs/quickstart')
const epochs = Number(process.env.QUICKSTART_EPOCHS ?? 12)
const started = Date.now()
const show = (line: string) => process.stderr.write(process.stderr.isTTY ? `\r${line.padEnd(100)}` : '')

rmSync(out, { recursive: true, force: true }) // this folder belongs to the quick start
const data = emojiFolder(join('runs', 'quickstart-data'))
const pictures = await openPictures(data, { size: 32, cache: resolve('runs', 'cache') })
console.log(`${pictures.items.length} pictures of ${pictures.classes.length} categories`)

const run = await pretrain('simclr', pictures, {
  out,
  report: false, // written below, with the table
  encoder: 'c4',
  epochs,
  batch: 64,
  learningRate: 4e-3,
  options: { temperature: 0.2, views: { crop: [0.3, 1] } },
  onProgress: progress => show(progressLine(progress)),
})
show('')
const evaluation = await evaluate(out, pictures, { seeds: 3, labels: [10, 'all'], onProgress: show })
writeFileSync(join(out, 'evaluation.json'), `${JSON.stringify(evaluation, undefined, 2)}\n`)
await writeRunReport(out, pictures, { evaluation, command: 'npm run quickstart' })
pictures.close()
show('')
console.log(`\n${evaluationText(evaluation)}`)
console.log(
  `\n${run.step} steps; ${((Date.now() - started) / 60_000).toFixed(1)} minutes in all; open ${relative('.', join(out, 'report.html'))}`,
)
