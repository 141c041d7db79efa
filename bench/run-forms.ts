/**
 * One process of the benchmark: how long each form of the convolutions of an encoder takes, and of their gradients. Prints
 * one line of JSON.
 *
 * usage: node run-forms.js ENCODER SIZE VIEWS RUNS THREADS
 */

import { host } from '#host'
import { makeEncoder } from '#lacuna/nn/encoders.js'
import { type Convolution, geometryOf } from '#lacuna/program/lowering/cost.js'
import { ranked } from '#lacuna/program/lowering/forms.js'
import { trace } from '#lacuna/program/trace.js'
import { derivative, topological } from '#lacuna/tensor/derivative.js'
import type { TensorOf } from '#lacuna/tensor/primitives.js'
import { input } from '#lacuna/tensor/tensor.js'
import { formTimes } from './form-times.js'
import type { FormsRecord } from './records.js'

const [encoder = 'c4', ...numbers] = process.argv.slice(2)
const [size = 32, views = 128, runs = 5, threads = 1] = numbers.map(Number)
const block = await host.block('cpu')

const convolutions: FormsRecord['cases'][number]['convolutions'][number][] = []
for (const [t, count] of convolutionsOf()) {
  const times = await formTimes(t, { block, threads, runs })
  const known = ranked(t).filter(([name]) => times.has(name))
  const all = known.map(([name, estimate]) => ({ name, estimate, milliseconds: times.get(name) ?? Number.NaN }))
  convolutions.push({ what: t.op, shape: described(t), count, forms: all })
}
console.log(JSON.stringify({ convolutions }))

/** Each convolution of the encoder and each gradient that a step needs, with how often it occurs. */
function convolutionsOf(): (readonly [TensorOf<Convolution>, number])[] {
  const found = new Map<string, readonly [TensorOf<Convolution>, number]>()
  const x = input('x', [views, 3, size, size])
  const { result } = trace({ training: true }, () => makeEncoder(encoder, { size, channels: 3 })(x))
  const weights = topological([result]).filter(({ op }) => op === 'variable')
  for (const t of topological(derivative(result.sum(), weights))) {
    if (t.op !== 'conv' && t.op !== 'convInput' && t.op !== 'convWeight') continue
    const convolution = t as TensorOf<Convolution>
    const key = JSON.stringify([t.op, geometryOf(convolution), convolution.attributes])
    const [first, count] = found.get(key) ?? [convolution, 0]
    found.set(key, [first, count + 1])
  }
  return [...found.values()]
}

/** As `64→128, 3×3/2, 32×32` */
function described(t: TensorOf<Convolution>): string {
  const { inputs, outputs } = geometryOf(t)
  const [a, b] = t.inputs
  const [, , ...kernel] = t.op === 'convWeight' ? t.shape : b.shape
  const [, , ...from] = t.op === 'convInput' ? t.shape : a.shape
  const stride = t.attributes.stride[0] ?? 1
  return `${inputs}→${outputs}, ${kernel.join('×')}${stride === 1 ? '' : `/${stride}`}, ${from.join('×')}`
}
