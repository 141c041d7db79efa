import { rmSync } from 'node:fs'
import {
  evaluate,
  evaluationText,
  exportEncoder,
  openPictures,
  openRun,
  pretext,
  pretrain,
  writeRunReport,
} from 'lacuna'
import { palette } from './palette.js'
import { emojiFolder } from './pictures.js'

const out = 'runs/palette'
rmSync(out, { recursive: true, force: true })
const pictures = await openPictures(emojiFolder('emoji'), { size: 32 })

await pretrain(palette, pictures, { out, encoder: 'c4-half', steps: 600, report: false })

const run = openRun(out, { methods: [palette] }) // a run knows its method by name only
const [task] = (await pretext(run, pictures)).measures
if (task !== undefined) console.log(task.name, task.value.toFixed(3), task.baselines)

const evaluation = await evaluate(run, pictures, { labels: ['all'] })
console.log(`\n${evaluationText(evaluation)}`)

const { file } = await writeRunReport(run, pictures, { evaluation })
const { directory, files } = await exportEncoder(run, 'encoder')
console.log(`\nLook at it: ${file}\n${directory}: ${files.join(', ')}`)
pictures.close()
