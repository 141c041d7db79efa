import type { Runner } from '#lacuna/engine/runner.js'
import { compile } from '#lacuna/program/compile.js'
import { filled, variable } from '#lacuna/program/trace.js'

const SIDE = 2048
const PRODUCTS = 2
const RUNS = 5

/**
 * What this machine reaches in a float32 product of two square matrices through the same runtime, as Gflop/s: the best
 * of a few runs. `bench/peers/matmul.py` measures the same product through PyTorch.
 */
export async function matmulGflops(runner: Runner): Promise<number> {
  const shape = [SIDE, SIDE]
  const [a, b] = [variable(shape, filled(0)(shape)), variable(shape, filled(0)(shape))]
  const names = new Map([a, b].map((matrix, i) => [matrix, `matrix ${i}`]))
  const product = Array.from({ length: PRODUCTS }).reduce<typeof a>(x => x.matmul(b), a)
  const program = compile({ outputs: { mean: product.mean() }, names }, { device: 'cpu', precision: 'float32' })
  await runner.load('matmul', program)
  const uniform = () => Float32Array.from({ length: SIDE ** 2 }, () => Math.sqrt(3 / SIDE) * (2 * Math.random() - 1))
  await runner.write(new Map([...names.values()].map(name => [name, uniform()])))
  let best = 0
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    await runner.run('matmul')
    best = Math.max(best, program.flops / (performance.now() - start) / 1e6)
  }
  await runner.unload('matmul')
  return best
}
