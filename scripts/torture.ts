/**
 * Disturbs real trainings of the built command line at random moments, goes on with them, and compares what they end with to
 * runs that nobody disturbed. Exit code 1 when one is not equal, or ends in a way that it should not.
 *
 * usage: npm run torture [-- --seed N] [--minutes M | --rounds N] [--only KIND[,KIND]] [--from ROUND]
 * Kinds: INT, INT INT, INT late, TERM, HUP, KILL, disk full, reader gone, terminal closed, moved, removed. Ten minutes
 * unless told. What failed is kept, and the line to repeat it is printed.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mountSmall, unmount } from './torture-disk.js'
import { type KindName, kinds } from './torture-kinds.js'
import { disturbedRound, type Round, somePictures, undisturbed } from './torture-round.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: `${Math.floor(Math.random() * 1e6)}` },
    minutes: { type: 'string' },
    rounds: { type: 'string' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
})
const [seed, from] = [counted('seed', values.seed), counted('from', values.from)]
const rounds = values.rounds === undefined ? Number.POSITIVE_INFINITY : counted('rounds', values.rounds)
const minutes = values.minutes ?? (values.rounds === undefined ? '10' : undefined)
const deadline =
  minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + 60_000 * counted('minutes', minutes)
const chosen = chosenKinds(values.only)

let asked = false
process.on('SIGINT', () => {
  asked = true
})

console.log(`--seed ${seed}`)
const work = mkdtempSync(join(tmpdir(), 'lacuna-torture-'))
const disk = join(work, 'disk')
mkdirSync(disk)
const noDisk = chosen.some(name => 'needsDisk' in kinds[name]) ? mountSmall(disk, 64) : undefined
process.on('exit', () => unmount(disk))
if (noDisk !== undefined) console.log(`disk full is skipped: ${noDisk}`)
const able = chosen.filter(name => noDisk === undefined || !('needsDisk' in kinds[name]))
if (able.length === 0) process.exit(1)

const pictures = somePictures(join(work, 'pictures'), 400)
const subjects = []
for (const method of ['simclr', 'mae', 'jigsaw']) {
  const subject = await undisturbed({ method, pictures, steps: 240, saveEvery: 20 }, join(work, method))
  console.log(`${method}, undisturbed: checkpoint ${subject.result.checkpoint.slice(0, 16)}`)
  subjects.push(subject)
}

const done: Round[] = []
for (let i = from; i < from + rounds && performance.now() < deadline && !asked; i++) {
  const kind = able[i % able.length] as KindName
  const subject = subjects[Math.floor(i / able.length) % subjects.length]
  if (subject === undefined) break
  const onDisk = 'needsDisk' in kinds[kind]
  const folder = join(onDisk ? disk : work, `round-${i}`)
  mkdirSync(folder)
  const round = await disturbedRound(subject, kind, {
    seed,
    round: i,
    folder,
    disk: onDisk ? disk : undefined,
    more: 2,
  })
  done.push(round)
  const { moment, method, story, faults, disturbed } = round
  const verdict =
    faults.length > 0 ? `FAILED: ${faults.join('; ')}` : disturbed ? 'ok' : 'ok, but the moment never came'
  console.log(`${i}  ${method}  ${kind}, ${moment.phase} ${moment.share.toFixed(2)}: ${story}: ${verdict}`)
  if (faults.length > 0) {
    const kept = join(work, `round-${i}`)
    if (onDisk) cpSync(folder, kept, { recursive: true })
    const only = values.only === undefined ? '' : ` --only '${values.only}'`
    console.log(`   kept: ${kept}; again: npm run torture -- --seed ${seed} --from ${i} --rounds 1${only}`)
  }
  if (faults.length === 0 || onDisk) rmSync(folder, { recursive: true, force: true })
}
unmount(disk)

const failed = done.filter(({ faults }) => faults.length > 0)
console.log(`\n${'kind'.padEnd(16)} rounds  disturbed  failed`)
for (const kind of able) {
  const of = done.filter(round => round.kind === kind)
  const numbers = [of, of.filter(({ disturbed }) => disturbed), of.filter(({ faults }) => faults.length > 0)]
  const [all = '', met = '', bad = ''] = numbers.map(({ length }) => `${length}`)
  console.log(`${kind.padEnd(16)} ${all.padStart(6)}  ${met.padStart(9)}  ${bad.padStart(6)}`)
}
if (failed.length === 0) rmSync(work, { recursive: true, force: true })
process.exitCode = failed.length === 0 ? 0 : 1

function counted(name: string, text: string): number {
  const value = Number(text)
  if (text !== '' && value >= 0 && (Number.isInteger(value) || name === 'minutes')) return value
  console.error(`--${name}: a number is expected, not ${text}`)
  process.exit(2)
}

function chosenKinds(only: string | undefined): KindName[] {
  const names = Object.keys(kinds) as KindName[]
  if (only === undefined) return names
  const wanted = only.split(',').map(name => name.trim().toLowerCase())
  const unknown = wanted.filter(name => !names.some(known => known.toLowerCase() === name))
  if (unknown.length > 0) {
    console.error(`--only: no "${unknown[0]}" among ${names.join(', ')}`)
    process.exit(2)
  }
  return names.filter(name => wanted.includes(name.toLowerCase()))
}
