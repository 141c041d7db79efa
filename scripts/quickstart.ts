/**
 * The main job on real pictures: SimCLR on 3,786 emoji, scored against their nine categories.
 * Leaves everything in `runs/quickstart` and prints the table. Needs `npm ci` and nothing else.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { evaluate, evaluationText, openPictures, pretrain, progressLine, writeRunReport } from 'lacuna'

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

interface Emoji {
  readonly name: string
  readonly category: string
  readonly image: string
  readonly skin_variations?: Readonly<Record<string, { readonly image: string }>>
}

/**
 * A Hugging Face imagefolder that points at the pictures of the package `emoji-datasource-google`.
 * A base and its skin tones are one group and stay in one part: one group in five is for the test.
 */
function emojiFolder(folder: string): string {
  const source = dirname(createRequire(import.meta.url).resolve('emoji-datasource-google/package.json'))
  const images = join(source, 'img', 'google', '64')
  const emoji = JSON.parse(readFileSync(join(source, 'emoji.json'), 'utf8')) as Emoji[]
  const present = new Set(readdirSync(images))
  const order = [...emoji.keys()].sort((a, b) => scatter(a) - scatter(b))
  const test = new Set(order.slice(0, Math.round(emoji.length / 5)))
  const rows = emoji.flatMap(({ category, image, skin_variations = {} }, i) =>
    [image, ...Object.values(skin_variations).map(variation => variation.image)]
      .filter(file => present.has(file))
      .map(file => ({
        file_name: relative(folder, join(images, file)),
        label: category === 'Component' ? undefined : category, // nine parts to make others of: no category of their own
        group: image,
        split: test.has(i) ? 'test' : 'train',
      })),
  )
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'metadata.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  return folder
}

/** A fixed disorder: Knuth's multiplicative hash. */
function scatter(i: number): number {
  return Math.imul(i + 1, 0x9e3779b1) >>> 0
}
