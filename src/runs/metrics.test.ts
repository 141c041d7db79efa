import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { appendMetrics, Means, type MetricsLine, readMetrics, writeMetrics } from './metrics.js'
import { memoryFolder } from './testing.js'

const line = (step: number): MetricsLine => ({
  step,
  epoch: step / 4,
  loss: 3 / step,
  chance: 3,
  learningRate: 1e-3,
  picturesPerSecond: 100,
  seconds: step * 0.1,
  accuracy: 0.25,
})

test('lines come back as they were written and appended', () => {
  const folder = temporaryFolder()
  for (const run of [folder, memoryFolder()]) {
    expect(readMetrics(run)).toEqual([])
    writeMetrics(run, [line(1), line(2)])
    appendMetrics(run, line(3))
    expect(readMetrics(run)).toEqual([line(1), line(2), line(3)])
  }
  expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n')).toHaveLength(4) // one a line, and the end
})

test('half a line at the end is dropped, wherever it was cut', () => {
  const folder = temporaryFolder()
  const whole = `${JSON.stringify(line(2))}\n`
  for (let cut = 1; cut < whole.length - 1; cut += 7) {
    writeMetrics(folder, [line(1)])
    appendFileSync(join(folder, 'metrics.jsonl'), whole.slice(0, cut))
    expect(readMetrics(folder)).toEqual([line(1)])
  }
})

test('lines after the step asked for are left out, the one of that step is kept', () => {
  const folder = temporaryFolder()
  writeMetrics(folder, [2, 4, 6, 8].map(line))
  expect(readMetrics(folder, 4).map(({ step }) => step)).toEqual([2, 4])
  expect(readMetrics(folder, 5).map(({ step }) => step)).toEqual([2, 4])
  expect(readMetrics(folder, 0)).toEqual([])
})

test('writing replaces the file and leaves nothing beside it', () => {
  const folder = put(temporaryFolder(), { 'metrics.jsonl': '{"step": 1' })
  writeMetrics(folder, [line(5)])
  expect(readMetrics(folder)).toEqual([line(5)])
  expect(readdirSync(folder)).toEqual(['metrics.jsonl'])
})

test('a folder that is gone is a LacunaError', () => {
  expect(() => appendMetrics(join(temporaryFolder(), 'gone'), line(1))).toThrow(LacunaError)
})

test('means over the steps since they were taken', () => {
  const means = new Means()
  means.add({ loss: [1], accuracy: Float32Array.of(0.5) })
  means.add({ loss: [4], accuracy: Float32Array.of(1) })
  expect(means.take()).toEqual({ loss: 2.5, accuracy: 0.75 })
  expect(means.take()).toEqual({})
  means.add({ loss: [7], count: BigInt64Array.of(2n) })
  expect(means.take()).toEqual({ loss: 7, count: 2 })
})
