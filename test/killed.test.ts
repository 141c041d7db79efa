import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { readMetrics } from '../src/index.js'
import { emoji, lacuna, start, temporary } from './lacuna.js'

const folder = temporary()
const pictures = join(folder, 'pictures')
const whole = join(folder, 'whole')
const training = (out: string) => ['pretrain', 'rotation', pictures, '--out', out, '--no-report', '--threads', '1']
const options = ['--size', '16', '--encoder', 'c4-half', '--batch', '16', '--steps', '300', '--save-every', '20']
const bytesOf = (run: string) => readFileSync(join(run, 'checkpoint', 'state.safetensors'))
const namesIn = (run: string) => [...readdirSync(run), ...readdirSync(join(run, 'checkpoint'))].sort()

/** What does not depend on the clock; lines are written by it too, so only those of every run are compared. */
const losses = (run: string) => new Map(readMetrics(run).map(({ step, loss }) => [step, loss]))

/** Waits until a run has taken so many steps. */
async function taken(run: string, steps: number): Promise<void> {
  while ((readMetrics(run).at(-1)?.step ?? 0) < steps) await new Promise(wait => setTimeout(wait, 20))
}

beforeAll(async () => {
  mkdirSync(pictures)
  for (const name of readdirSync(emoji).slice(0, 64)) copyFileSync(join(emoji, name), join(pictures, name))
  const ended = await lacuna(...training(whole), ...options)
  expect(ended.code, ended.err).toBe(0)
})

test('killed three times it ends with the bytes of a run that nobody disturbed, and leaves nothing half written', async () => {
  const cut = join(folder, 'cut')
  for (const [i, steps] of [45, 130, 221].entries()) {
    const { child, ended } = start(...training(cut), ...options, ...(i > 0 ? ['--resume'] : []))
    await taken(cut, steps)
    child.kill('SIGKILL')
    await ended
    expect(readMetrics(cut).length).toBeLessThan(300)
  }
  const last = await lacuna(...training(cut), ...options, '--resume')
  expect(last.code, last.err).toBe(0)
  expect(bytesOf(cut).equals(bytesOf(whole))).toBe(true)
  expect(losses(cut)).toEqual(losses(whole))
  expect(namesIn(cut)).toEqual(namesIn(whole))
})

test('a second training into the same folder is refused while the first lives', async () => {
  const out = join(folder, 'both')
  const first = start(...training(out), ...options)
  await taken(out, 5)
  const second = await lacuna(...training(out), ...options)
  expect(second).toMatchObject({ code: 2, out: '' })
  const third = await lacuna(...training(out), '--resume')
  expect(third.code).toBe(2)
  expect(third.err).toContain(`is being trained by process ${first.child.pid} since `)
  const ended = await first.ended
  expect(ended.code, ended.err).toBe(0)
  expect(bytesOf(out).equals(bytesOf(whole))).toBe(true)
  expect(readMetrics(out).map(({ step }) => step)).toEqual(readMetrics(whole).map(({ step }) => step))
})

test.each([
  [['--epochs', '0'], /--epochs must be a number above 0, not 0$/],
  [['--warmup', '2'], /--warmup must be a share of the steps, from 0 to 1, not 2$/],
])('%s is told before pictures are decoded', async (wrong, message) => {
  const ended = await lacuna(...training(join(folder, 'wrong')), ...wrong, '--cache', join(folder, 'no cache'))
  expect(ended.code).toBe(2)
  expect(ended.err.trim()).toMatch(message)
  expect(readdirSync(folder)).not.toContain('no cache')
})
