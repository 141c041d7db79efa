import { afterAll, expect, test, vi } from 'vitest'
import { host } from '#host'
import { Engine } from '../engine/engine.js'
import { openEngine } from '../engine/node/engine.js'
import { type Features, featuresOf, type Labelled } from './features.js'
import { classify, openLogistic } from './logistic.js'
import { linearProbe, logarithmic } from './probe.js'
import { clusters, normalFeatures, rows } from './testing.js'

const runner = host.start({ threads: 1 })
afterAll(() => runner.close())

async function fitted(data: Labelled, classes: number, C: number, options = {}) {
  const problem = await openLogistic(runner, data, classes)
  try {
    return await problem.fit(C, options)
  } finally {
    await problem.close()
  }
}

const repeated = ({ values, count, width }: Features): Features =>
  featuresOf(
    Float32Array.from({ length: 2 * values.length }, (_, i) => {
      const row = Math.floor(i / (2 * width))
      return values[row * width + (i % width)] ?? 0
    }).subarray(0, 2 * count * width),
    2 * width,
  )

test('an endless penalty leaves the prior: CE is its entropy', async () => {
  const labels = Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : i < 50 ? 1 : 2)) // 1/2, 1/3, 1/6
  const result = await fitted({ features: normalFeatures(60, 5), labels }, 3, 1e-12, { tolerance: 1e-9 })
  const prior = [1 / 2, 1 / 3, 1 / 6]
  expect(result.value).toBeCloseTo(-prior.reduce((sum, p) => sum + p * Math.log(p), 0), 8)
  const bias = result.parameters.slice(15)
  const total = bias.reduce((sum, b) => sum + Math.exp(b), 0)
  bias.forEach((b, i) => {
    expect(Math.exp(b) / total).toBeCloseTo(prior[i] ?? 0, 7)
  })
  expect(Math.max(...result.parameters.slice(0, 15).map(Math.abs))).toBeLessThan(1e-9)
})

test('the objective is (Σ CE + ½λ‖W‖²) / n', async () => {
  const data = { features: rows([[1], [-1], [2]]), labels: [0, 1, 0] }
  const result = await fitted(data, 2, 0.5, { maxIterations: 3 })
  const [w0 = 0, w1 = 0, b0 = 0, b1 = 0] = result.parameters
  const entropy = [1, -1, 2].map((x, i) => {
    const [right, wrong] = i === 1 ? [w1 * x + b1, w0 * x + b0] : [w0 * x + b0, w1 * x + b1]
    return Math.log(1 + Math.exp(wrong - right))
  })
  const expected = (entropy.reduce((sum, e) => sum + e, 0) + (0.5 / 0.5) * (w0 * w0 + w1 * w1)) / 3
  expect(result.value).toBeCloseTo(expected, 12)
})

test('the gradient vanishes at convergence, whatever the penalty', async () => {
  const data = clusters(200, 10, 4, 0.5)
  const problem = await openLogistic(runner, data, 4)
  for (const C of [1e-3, 1, 1e3]) {
    const result = await problem.fit(C)
    expect(result.converged).toBe(true)
    expect(result.gradientNorm).toBeLessThan(1e-6)
  }
  await problem.close()
})

test('every feature twice with double the penalty gives the same predictions and half the weights', async () => {
  const { features, labels } = clusters(150, 6, 3, 0.4)
  const once = await fitted({ features, labels }, 3, 1, { tolerance: 1e-9 })
  const twice = await fitted({ features: repeated(features), labels }, 3, 1 / 2, { tolerance: 1e-9 })
  const fresh = clusters(500, 6, 3, 0.4, 7).features
  expect([...classify(twice, repeated(fresh))]).toEqual([...classify(once, fresh)])
  expect(twice.parameters[0]).toBeCloseTo((once.parameters[0] ?? 0) / 2, 6)
})

test('fitting to some rows is fitting to them alone', async () => {
  const { features, labels } = clusters(90, 5, 3, 0.5)
  const half = Array.from({ length: 45 }, (_, i) => i)
  const inside = await fitted({ features, labels }, 3, 1, { rows: half, tolerance: 1e-9 })
  const alone = await fitted(
    { features: featuresOf(features.values.slice(0, 225), 5), labels: half.map(i => labels[i] ?? 0) },
    3,
    1,
    { tolerance: 1e-9 },
  )
  expect(inside.value).toBeCloseTo(alone.value, 10)
  inside.parameters.forEach((p, i) => {
    expect(p).toBeCloseTo(alone.parameters[i] ?? 0, 6)
  })
})

test('fewer rows than features: the same fit as with every row twice and twice the penalty', async () => {
  const few = { features: normalFeatures(6, 24), labels: [0, 1, 2, 0, 1, 2] }
  const doubled = Float32Array.from([...few.features.values, ...few.features.values]) // 12 of 24: fitted as they are
  const twice = { features: featuresOf(doubled, 24), labels: [...few.labels, ...few.labels] }
  const own = await fitted(few, 3, 2, { tolerance: 1e-8 })
  const same = await fitted(twice, 3, 1, { tolerance: 1e-8 })
  expect(own.value).toBeCloseTo(same.value, 7)
  own.parameters.forEach((value, i) => {
    expect(value).toBeCloseTo(same.parameters[i] ?? 0, 5)
  })
  const again = await fitted(few, 3, 2, { tolerance: 1e-8, start: own.parameters })
  expect(again.iterations).toBeLessThan(3)
})

test('separable classes are told apart without a mistake', async () => {
  const line = (count: number, shift: number) => ({
    features: rows(
      Array.from({ length: count }, (_, i) => [(i % 2 === 0 ? 1 : -1) * (1 + shift + i / count), i % 5, 3]),
    ),
    labels: Array.from({ length: count }, (_, i) => i % 2),
  })
  const result = await linearProbe(line(40, 0), line(30, 0.3), 2)
  expect(result).toMatchObject({ accuracy: 1, chance: 0.5, majority: 0.5 })
  expect(result.fit.converged).toBe(true)
})

test('the penalty is the best on the validation part, of equals the strongest', async () => {
  const training = clusters(120, 60, 3, 0.3, 1)
  const result = await linearProbe(training, clusters(300, 60, 3, 0.3, 2), 3)
  expect(result.sweep.map(({ C }) => C)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000])
  const best = Math.max(...result.sweep.map(({ validationAccuracy }) => validationAccuracy))
  expect(result.C).toBe(result.sweep.find(({ validationAccuracy }) => validationAccuracy === best)?.C)
  expect(result.fit.converged).toBe(true)
  expect(result.accuracy).toBeGreaterThan(0.75)
})

test('a warm start changes the way, not the end', async () => {
  const training = clusters(100, 8, 3, 0.3)
  const test = clusters(400, 8, 3, 0.3, 5)
  const swept = await linearProbe(training, test, 3, { penalties: [0.01, 0.1, 1] })
  const direct = await linearProbe(training, test, 3, { penalties: [swept.C] })
  expect(direct.sweep).toEqual([])
  expect([...direct.predictions]).toEqual([...swept.predictions])
  expect(direct.fit.value).toBeCloseTo(swept.fit.value, 9)
})

test('with one label a class nothing can be spared: C is 1', async () => {
  const result = await linearProbe(clusters(3, 5, 3, 3, 1), clusters(60, 5, 3, 3, 2), 3)
  expect(result).toMatchObject({ C: 1, sweep: [] })
  expect(result.accuracy).toBeGreaterThan(0.9)
})

test('penalties are spaced by factors', () => {
  expect(logarithmic(1e-3, 1e3, 7)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000])
  expect(logarithmic(1, 100, 5)).toEqual([1, 3.16228, 10, 31.6228, 100])
})

test('a class without training rows is never predicted and changes nothing for the others', async () => {
  const known = clusters(60, 4, 2, 3, 1)
  const tested = clusters(40, 4, 2, 3, 2)
  const wide = (data: Labelled): Labelled => ({ ...data, labels: Int32Array.from(data.labels, label => 2 * label) })
  const of2 = await linearProbe(known, tested, 2)
  const of4 = await linearProbe(wide(known), wide(tested), 4)
  expect([...of4.predictions]).toEqual(Array.from(of2.predictions, label => 2 * label))
  expect(of4.accuracy).toBe(of2.accuracy)
  expect(of4.fit.parameters).toEqual(of2.fit.parameters)
  expect(of4.C).toBe(of2.C)
})

test.each(['load', 'write', 'run'] as const)(
  'a regression that fails in %s before it is open leaves nothing on its runner',
  async call => {
    const engine = openEngine({ device: 'cpu', precision: 'float64', threads: 1 })
    const failing = vi.spyOn(engine, call).mockRejectedValue(new Error('no room'))
    const features = { values: Float32Array.of(1, 2, 3, 4), count: 4, width: 1 }
    const data = { features, labels: Int32Array.of(0, 1, 0, 1) }
    await expect(openLogistic(engine, data, 2)).rejects.toThrow('no room')
    expect([...(await engine.read()).keys()]).toEqual([])
    failing.mockRestore()
    await (await openLogistic(engine, data, 2)).close() // can be tried again
    await engine.close()
  },
)

test('problems that share a runner, side by side, do not meet', async () => {
  const [first, second] = [clusters(60, 4, 2, 3, 1), clusters(90, 6, 3, 3, 2)]
  const alone = [await fitted(first, 2, 1), await fitted(second, 3, 1)]
  const open = [await openLogistic(runner, first, 2), await openLogistic(runner, second, 3)]
  expect(await Promise.all(open.map(problem => problem.fit(1)))).toEqual(alone)
  for (const problem of open) await problem.close()
  expect((await runner.read()).size).toBe(0)
})

test('the probe closes the runner that it started, and leaves open the one that it was handed', async () => {
  const [training, tested] = [clusters(60, 4, 2, 3, 1), clusters(40, 4, 2, 3, 2)]
  const start = vi.spyOn(host, 'start')
  const close = vi.spyOn(Engine.prototype, 'close')
  try {
    const handed = await linearProbe(training, tested, 2, { runner })
    expect(start).not.toHaveBeenCalled()
    expect(await linearProbe(training, tested, 2)).toEqual(handed)
    expect(start).toHaveBeenCalledTimes(1)
    expect(close).toHaveBeenCalledTimes(1)
  } finally {
    start.mockRestore()
    close.mockRestore()
  }
  expect(await runner.read()).toEqual(new Map())
})
