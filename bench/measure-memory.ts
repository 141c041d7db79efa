import { cases as steps } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { keep, type MemoryCase, type MemoryRecord, today } from './records.js'

const kinds = ['resnet18', 'vit'].flatMap((name): MemoryCase[] => {
  const { title = name, encoder = name } = steps.find(one => one.name === name) ?? {}
  const plain = { title, encoder, size: 32, batch: 64, steps: 4, chunk: 0, checkpoint: false }
  return [plain, { ...plain, checkpoint: true }, { ...plain, chunk: 16 }]
})
const resnet = kinds.find(({ encoder }) => encoder.startsWith('resnet'))
const tasks = resnet === undefined ? kinds : [...kinds, { ...resnet, batch: 4096, steps: 1, chunk: 64 }]

export interface MemoryOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** Peak memory and speed with the options that trade one for the other; kept as `memory`. */
export async function measureMemory({ threads, report }: MemoryOptions): Promise<void> {
  const cases: MemoryRecord['cases'][number][] = []
  for (const task of tasks) {
    const { encoder, size, batch, steps: count, chunk, checkpoint } = task
    const found = await measureOurs<{ seconds: number; peakMegabytes: number }>(
      'run-memory.js',
      ...[encoder, size, batch, count, threads, chunk, checkpoint ? 1 : 0],
    )
    cases.push({ ...task, ...found })
    report(JSON.stringify(cases.at(-1)))
  }
  keep('memory', { machine: thisMachine(), day: today(), cases })
}
