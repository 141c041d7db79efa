/**
 * Measures what `docs/results.md` shows. Each experiment leaves a record in `docs/results`, and the page is written from those.
 *
 * usage: npm run results [-- --only NAME,NAME] [--again] [--recheck] [--list] [--page]
 *   --only   these experiments, by name or all on some data (speech); all unless told. What has been measured, and is not stale, is not repeated
 *   --again  repeats them all the same
 *   --recheck  of what is stale by its code alone, takes the first steps again: where they give the recorded losses, the record stays
 *   --list   says what has been measured and how long it took, and does nothing
 *   --page   writes the page from the records, and measures nothing
 * Ended at any moment it goes on where it was: finished seeds are kept in `runs/results`, a training from its checkpoint.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkSource, type Experiment, experiments, sources } from './experiments.js'
import { fingerprintOf } from './fingerprint.js'
import { inTurns } from './lacuna.js'
import { circumstances, forget, measureSeed, recordOf, seedsToGo } from './measure.js'
import { startsAlike } from './recheck.js'
import { minutesNeeded, minutesOf, type ResultRecord, readRecord, stateOf, writeRecord } from './records.js'
import { resultsPage } from './results-page.js'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    again: { type: 'boolean', default: false },
    recheck: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
})
const names = values.only?.split(',')
const called = ({ name, on }: Experiment) => [name, sources[on].title]
for (const name of names ?? [])
  if (!experiments.some(experiment => called(experiment).includes(name)))
    fail(`no experiment and no data is called ${name}; \`npm run results -- --list\` shows them`)

const chosen = experiments.filter(one => names?.some(name => called(one).includes(name)) ?? true)
if (values.list) list()
else {
  if (values.recheck) await recheck()
  else if (!values.page) await measure()
  writePage()
}

function list(): void {
  for (const experiment of chosen) {
    const record = readRecord(experiment.name)
    const took = record === undefined ? '' : `, ${minutesOf(record).toFixed(1)} minutes of one core`
    console.log(`${experiment.name}: ${stateOf(experiment, record)}${took}`)
  }
}

async function measure(): Promise<void> {
  const due = chosen.filter(one => values.again || stateOf(one, readRecord(one.name)) !== 'measured')
  if (due.length === 0) return console.log('All of it has been measured; --again repeats it.')
  try {
    for (const on of new Set(due.map(experiment => experiment.on))) checkSource(on)
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
  tellTime(due.length, minutesNeeded(due, readRecord, recorded()))
  if (values.again) for (const { name } of due) forget(name)
  const begun = new Set<string>() // of two seeds that end at once, one sums up
  await inTurns(
    due.flatMap(experiment =>
      experiment.seeds.map(seed => async () => {
        await measureSeed(experiment, seed)
        if (begun.has(experiment.name) || seedsToGo(experiment).length > 0) return
        begun.add(experiment.name)
        const record = await recordOf(experiment)
        writeRecord(record)
        writePage()
        console.log(`${experiment.name}: recorded`)
      }),
    ),
  )
}

async function recheck(): Promise<void> {
  for (const experiment of chosen) {
    const record = readRecord(experiment.name)
    if (record === undefined || stateOf(experiment, record) !== 'stale') continue
    checkSource(experiment.on)
    if (!(await startsAlike(experiment, record))) continue
    const { day, commit } = circumstances()
    writeRecord({ ...record, fingerprint: fingerprintOf(experiment), rechecked: { day, commit } })
  }
}

function tellTime(count: number, minutes: number): void {
  const cores = availableParallelism()
  const long = Number.isNaN(minutes)
    ? 'nothing has been measured yet that would tell how long'
    : `about ${minutes.toFixed(0)} minutes of one core, ${(minutes / Math.min(cores, count)).toFixed(0)} on the ${cores} here`
  console.log(`${count} to measure: ${long}`)
}

function recorded(): ResultRecord[] {
  return experiments.flatMap(({ name }) => readRecord(name) ?? [])
}

function writePage(): void {
  const measured = experiments.map(experiment => {
    const record = readRecord(experiment.name)
    return { experiment, record, state: stateOf(experiment, record) }
  })
  writeFileSync(join('docs', 'results.md'), resultsPage(measured))
}

function fail(problem: string): never {
  console.error(problem)
  process.exit(1)
}
