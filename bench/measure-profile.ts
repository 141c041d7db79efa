import { cases as steps } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { keep, type ProfileRecord, today } from './records.js'
import { soundCases, soundTitle } from './sound-cases.js'

const STEPS = 5

export interface ProfileOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** Where the time of each step goes; kept as `profile`. */
export async function measureProfile({ threads, report }: ProfileOptions): Promise<void> {
  const measured = [
    ...steps.map(one => ({ ...one, title: `${one.title}, ${one.size} px` })),
    ...soundCases.map(one => ({ ...one, title: soundTitle(one), method: 'sound', size: one.seconds })),
  ]
  const cases: ProfileRecord['cases'][number][] = []
  for (const { title, method, encoder, size, batch } of measured) {
    const found = await measureOurs<Pick<ProfileRecord['cases'][number], 'operators'>>(
      'run-profile.js',
      ...[method, encoder, size, batch, STEPS, threads],
    )
    cases.push({ title, ...found })
    report(JSON.stringify(cases.at(-1)))
  }
  keep('profile', { machine: thisMachine(), day: today(), cases })
}
