import { cases as steps } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { type FormsRecord, keep, today } from './records.js'

const convolutional = steps.filter(({ method, layouts }) => method === 'simclr' && layouts.length > 1)

export interface FormsOptions {
  readonly rounds: number
  readonly threads: number
  readonly report: (line: string) => void
}

/** Every form of the convolutions of the encoders that have some; kept as `forms`. */
export async function measureForms({ rounds, threads, report }: FormsOptions): Promise<void> {
  const cases: FormsRecord['cases'][number][] = []
  for (const { title, encoder, size, batch } of convolutional) {
    const found = await measureOurs<Pick<FormsRecord['cases'][number], 'convolutions'>>(
      'run-forms.js',
      ...[encoder, size, 2 * batch, rounds, threads],
    )
    cases.push({ title: `${title}, ${size} px, ${2 * batch} views`, ...found })
    report(JSON.stringify(cases.at(-1)))
  }
  keep('forms', { machine: thisMachine(), day: today(), cases })
}
