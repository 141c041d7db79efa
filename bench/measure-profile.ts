import { cases as steps } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { keep, type ProfileRecord, today } from './records.js'

const STEPS = 5

export interface ProfileOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** Where the time of each step goes; kept as `profile`. */
export async function measureProfile({ threads, report }: ProfileOptions): Promise<void> {
  const cases: ProfileRecord['cases'][number][] = []
  for (const { title, method, encoder, size, batch } of steps) {
    const found = await measureOurs<Pick<ProfileRecord['cases'][number], 'operators'>>(
      'run-profile.js',
      ...[method, encoder, size, batch, STEPS, threads],
    )
    cases.push({ title: `${title}, ${size} px`, ...found })
    report(JSON.stringify(cases.at(-1)))
  }
  keep('profile', { machine: thisMachine(), day: today(), cases })
}
