import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cases } from './cases.js'
import { folders } from './measure-data.js'
import { formats } from './measure-recordings.js'
import { accuracySection, measuredPairs } from './page-accuracy.js'
import { dataSection } from './page-data.js'
import { formsSection } from './page-forms.js'
import { idleSection, memorySection } from './page-memory.js'
import { productsSection } from './page-products.js'
import { profileSection } from './page-profile.js'
import { recordingsSection } from './page-recordings.js'
import { soundSection } from './page-sound.js'
import { stepSection, summaryRow } from './page-steps.js'
import { table } from './page-table.js'
import {
  type DataRecord,
  type FormsRecord,
  type GrowthRecord,
  type IdleRecord,
  kept,
  type MemoryRecord,
  type ProductsRecord,
  type ProfileRecord,
  type RecordingsRecord,
  type SoundRecord,
  type StepRecord,
} from './records.js'
import { soundCases } from './sound-cases.js'

/** `docs/performance.md`: every number read from the records in `docs/performance`, and the notes at the end. */
export function performancePage(): string {
  const steps = cases.flatMap(one => {
    const record = kept<StepRecord>(`step-${one.name}`)
    return record === undefined ? [] : [{ one, record }]
  })
  const sound = soundCases.flatMap(one => {
    const record = kept<SoundRecord>(`sound-${one.name}`)
    return record === undefined ? [] : [{ one, record }]
  })
  const data = Object.keys(folders).flatMap(name => kept<DataRecord>(name) ?? [])
  const recordings = formats.flatMap(format => kept<RecordingsRecord>(`recordings-${format}`) ?? [])
  const growth = kept<GrowthRecord>('growth')
  const profile = kept<ProfileRecord>('profile')
  const products = kept<ProductsRecord>('products')
  const pairs = measuredPairs()
  const forms = kept<FormsRecord>('forms')
  const idle = kept<IdleRecord>('idle')
  const memory = kept<MemoryRecord>('memory')
  const others = [products, profile, forms, idle, memory, growth].flatMap(record => record ?? [])
  const records = [...[...steps, ...sound].map(({ record }) => record), ...data, ...recordings, ...others]
  const sections = [
    `# Performance

Written by \`npm run bench\`; every number is one that it measured, except in the notes at the end. [On an Intel Xeon](performance-xeon.md) it was measured before records were kept.`,
    machineSection(records),
    steps.length > 0 &&
      `## Training steps

One step of SimCLR, CLIP or \`next-frame\` with AdamW, from pictures in uint8. A *whole step* has the augmentation in it; *no augmentation* casts the pictures and takes each twice, for CLIP whole, and of films the frames that there are, which is what PyTorch is given to do here, for CLIP by the model and the loss of the package \`open_clip\`: for convolutions in its default memory layout and with channels last, compiled with channels last alone. All take turns, each time in a new process; figures are medians over the rounds, in brackets the least and the most. Ratios above 1 say how many times Lacuna is faster, and are taken round by round, of float32 to float32. Most are measured in fewer bits too, in rows of their own that have no part in those: PyTorch in *bf16* is under its autocast, with weights and optimiser in float32, and ours in *int8* by \`--products int8\`, which is what trainings are in, where the processor has instructions for it, unless told otherwise; *ratio, int8* of a step is how many times as fast it is as the others, in the first table as the fastest in float32. Operations are those of convolutions and matrix products, 2 for each multiply-add, counted in the traced step without augmentation; a share is that of a product of two 2048 × 2048 matrices in float32 in the same process.

${table(
  [
    ...['', 'Lacuna, whole step', 'no augmentation', 'whole step, int8', 'fastest PyTorch'],
    ...['ratio, whole', 'ratio, no augmentation', 'ratio, whole, int8'],
  ],
  steps.map(({ one, record }) => summaryRow(one, record)),
)}`,
    ...steps.map(({ one, record }) => stepSection(one, record)),
    sound.length > 0 && soundSection(sound),
    products && productsSection(products),
    pairs.length > 0 && accuracySection(pairs, 'performance/int8.svg'),
    profile && profileSection(profile),
    forms && formsSection(forms),
    data.length > 0 && dataSection(data),
    recordings.length > 0 && recordingsSection(recordings),
    idle && idleSection(idle),
    memory && memorySection(memory),
    growth && growthSection(growth),
    `## Notes\n\n${readFileSync(join('bench', 'notes.md'), 'utf8').trim()}`,
  ]
  return `${sections.filter(section => section).join('\n\n')}\n`
}

function machineSection(records: readonly Pick<StepRecord, 'machine' | 'day'>[]): string {
  const lines = records.map(({ machine: m, day }) => {
    const runs = `Node ${m.node.replace('v', '')}, onnxruntime ${m.onnxruntime}, sharp ${m.sharp}`
    return `- ${m.processor}, ${m.cores} ${m.cores === 1 ? 'core' : 'cores'} used, ${m.gigabytes} GB, ${m.system}; ${runs}; ${day}`
  })
  return `## Machine\n\n${[...new Set(lines)].join('\n')}`
}

function growthSection({ points, seconds, encoder, size, batch }: GrowthRecord): string {
  const steps = points.at(-1)?.step ?? 0
  return `## Memory over a long training

Resident memory of a process that trains ${encoder} on batches of ${batch} pictures of ${size} px: ${steps.toLocaleString('en')} steps in ${seconds.toFixed(0)} seconds.

${table(
  ['after steps', 'MB'],
  points.map(({ step, megabytes }) => [step.toLocaleString('en'), megabytes.toFixed(0)]),
)}`
}
