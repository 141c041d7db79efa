import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { type GrowthRecord, keep, today } from './records.js'

const task = { encoder: 'c4-half', size: 16, batch: 8 } as const

export interface GrowthOptions {
  readonly steps: number
  readonly threads: number
  readonly report: (line: string) => void
}

/** Whether memory grows over a long training; kept as `growth`. */
export async function measureGrowth({ steps, threads, report }: GrowthOptions): Promise<void> {
  const { encoder, size, batch } = task
  const found = await measureOurs<Pick<GrowthRecord, 'points' | 'seconds'>>(
    'run-growth.js',
    ...[encoder, size, batch, steps, threads],
  )
  report(JSON.stringify(found))
  keep('growth', { machine: thisMachine(), day: today(), ...task, ...found })
}
