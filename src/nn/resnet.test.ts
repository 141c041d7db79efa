import { expect, test } from 'vitest'
import { maxAbs, randomArray, relativeError } from '../engine/testing.js'
import { trace, variableOf } from '../program/trace.js'
import { topological } from '../tensor/derivative.js'
import { sizeOf } from '../tensor/shape.js'
import { input } from '../tensor/tensor.js'
import { constantly } from './initial.js'
import { initialValues } from './initialise.js'
import { batchNorm, groupNorm } from './layers.js'
import { sequential, variablesOf } from './module.js'
import { parameterCount } from './parameters.js'
import { basic, bottleneck, resnet } from './resnet.js'
import { moduleGradientError, runModule } from './testing.js'

const imagenet = { size: 224, channels: 3 }

test("parameter counts of torchvision's models without fc", () => {
  expect(parameterCount(resnet(imagenet, { depth: 18 }))).toBe(11_176_512)
  expect(parameterCount(resnet(imagenet, { depth: 34 }))).toBe(21_284_672)
  expect(parameterCount(resnet(imagenet, { depth: 50 }))).toBe(23_508_032)
})

/** torchvision.models.resnet18().state_dict() without fc and num_batches_tracked, written out by its rules */
function torchvisionNames(): string[] {
  const norm = (name: string) => ['weight', 'bias', 'running_mean', 'running_var'].map(part => `${name}.${part}`)
  const block = (name: string, downsample: boolean) => [
    `${name}.conv1.weight`,
    ...norm(`${name}.bn1`),
    `${name}.conv2.weight`,
    ...norm(`${name}.bn2`),
    ...(downsample ? [`${name}.downsample.0.weight`, ...norm(`${name}.downsample.1`)] : []),
  ]
  const layers = [1, 2, 3, 4].flatMap(l => [0, 1].flatMap(b => block(`layer${l}.${b}`, l > 1 && b === 0)))
  return ['conv1.weight', ...norm('bn1'), ...layers]
}

test("all parameter names of torchvision's resnet18, in its order", () => {
  const names = [...variablesOf(resnet(imagenet, { depth: 18 })).keys()]
  expect(names).toHaveLength(100)
  expect(names).toEqual(torchvisionNames())
})

test('layouts: the stride of resnet50 stands on the 3×3 convolution', () => {
  const encoder = resnet(imagenet, { depth: 50 })
  const shapes = new Map([...variablesOf(encoder)].map(([name, { shape }]) => [name, shape]))
  expect(shapes.get('conv1.weight')).toEqual([64, 3, 7, 7])
  expect(shapes.get('layer1.0.downsample.0.weight')).toEqual([256, 64, 1, 1])
  expect(shapes.get('layer2.0.conv1.weight')).toEqual([128, 256, 1, 1])
  expect(shapes.get('layer4.2.conv3.weight')).toEqual([2048, 512, 1, 1])
  const block = bottleneck({ from: 8, inner: 2, width: 8, stride: 2, norm: c => batchNorm(c), lastGain: constantly(1) })
  const y = block(input('x', [1, 8, 6, 6]))
  const strides = convolutionsOf(y).map(t => [t.inputs[1]?.shape[2], (t.attributes as { stride: number[] }).stride[0]])
  expect(strides).toEqual([
    [1, 1],
    [3, 2],
    [1, 1],
    [1, 2],
  ])
})

function convolutionsOf(y: ReturnType<typeof input>) {
  return [...topological([y])].filter(t => t.op === 'conv')
}

test.each([
  [32, 18, 'small', [2, 512, 4, 4]],
  [64, 34, 'small', [2, 512, 8, 8]],
  [65, 18, 'imagenet', [2, 512, 3, 3]],
  [224, 50, 'imagenet', [2, 2048, 7, 7]],
] as const)('%i px, depth %i: the %s stem', (size, depth, stem, map) => {
  const encoder = resnet({ size, channels: 1 }, { depth })
  const x = input('x', [2, 1, size, size])
  expect(encoder.features(x).shape).toEqual(map)
  expect(encoder(x).shape).toEqual([2, encoder.width])
  expect(variablesOf(encoder).get('conv1.weight')?.shape).toEqual([
    64,
    1,
    stem === 'small' ? 3 : 7,
    stem === 'small' ? 3 : 7,
  ])
})

test('with group norm nothing runs along, and no picture sees another', async () => {
  const names = (norm: 'group' | 'layer') => [...variablesOf(resnet(imagenet, { depth: 18, norm })).keys()]
  expect(names('group')).toEqual(torchvisionNames().filter(name => !name.includes('running')))
  expect(names('layer')).toEqual(names('group'))
  const block = basic({ ...narrow, norm: c => groupNorm(c, 2) })
  const [one, two] = [randomArray([1, 2, 4, 4]), randomArray([1, 2, 4, 4], { seed: 2 })]
  const both = { shape: [2, 2, 4, 4], values: [...one.values, ...two.values] }
  const apart = (await runModule(block, block, [one], { training: true })).y
  const together = (await runModule(block, block, [both], { training: true })).y
  expect(maxAbs(apart.map((v, i) => v - (together[i] ?? 0)))).toBeLessThan(1e-12)
})

test("first values as torchvision's: He's normal by fan-out, gains 1, biases 0", () => {
  const encoder = resnet({ size: 32, channels: 3 }, { depth: 18, zeroInitResidual: true })
  const names = new Map([...variablesOf(encoder)].flatMap(([name, t]) => (/layer[12]\./.test(name) ? [[t, name]] : [])))
  const values = new Map(initialValues(names, 1))
  const of = (name: string) => Array.from(values.get(name) ?? [])
  const weight = of('layer2.0.conv2.weight')
  const deviation = Math.sqrt(weight.reduce((sum, w) => sum + w * w, 0) / weight.length)
  expect(deviation / Math.sqrt(2 / (128 * 9))).toBeCloseTo(1, 2)
  expect(weight).toHaveLength(sizeOf([128, 128, 3, 3]))
  expect(new Set(of('layer1.0.bn1.weight'))).toEqual(new Set([1]))
  expect(new Set(of('layer1.0.bn2.weight'))).toEqual(new Set([0]))
  expect(new Set(of('layer1.0.bn2.bias'))).toEqual(new Set([0]))
  expect(new Set(of('layer2.0.downsample.1.weight'))).toEqual(new Set([1]))
})

/** A block whose input and output are alike */
const narrow = { from: 2, inner: 2, width: 2, stride: 1, lastGain: constantly(1) }

test('with zeroInitResidual a block starts as the identity after ReLU', async () => {
  const norm = (c: number, gain = constantly(1)) => batchNorm(c, { gain })
  const x = randomArray([2, 2, 4, 4], { low: 0 })
  const identity = basic({ ...narrow, norm, lastGain: constantly(0) })
  expect((await runModule(identity, identity, [x])).y).toEqual(x.values)
  const block = basic({ ...narrow, norm })
  expect((await runModule(block, block, [x])).y).not.toEqual(x.values)
})

const norms = { batch: (c: number) => batchNorm(c), group: (c: number) => groupNorm(c, 2) }
test.each([
  ['basic', 'batch', true],
  ['basic', 'group', false],
  ['bottleneck', 'batch', false],
] as const)('%s block with %s norm: gradients as central differences', async (kind, norm, training) => {
  const build = { basic, bottleneck }[kind]
  const width = kind === 'basic' ? 4 : 8
  const block = build({
    from: 2,
    inner: kind === 'basic' ? 4 : 2,
    width,
    stride: 2,
    norm: norms[norm],
    lastGain: constantly(1),
  })
  const x = randomArray([2, 2, 4, 4], { seed: 3 })
  expect(await moduleGradientError(block, block, [x], { training })).toBeLessThan(1e-6)
})

test('batch statistics of the whole network are taken in training only', () => {
  const encoder = resnet({ size: 32, channels: 3 }, { depth: 18 })
  const updates = (training: boolean) =>
    trace({ training }, () => encoder(input('x', [2, 3, 32, 32]))).trace.updates.size
  expect(updates(true)).toBe(40)
  expect(updates(false)).toBe(0)
})

test('an error says where in the model it happened', () => {
  const encoder = resnet({ size: 32, channels: 3 }, { depth: 18 })
  expect(() => encoder(input('x', [1, 1, 32, 32]))).toThrow('[1, 1, 32, 32] · [64, 3, 3, 3] (at conv1)')
})

test('blocks whose activations are computed again have the same gradients and running statistics', async () => {
  const options = { norm: (c: number) => batchNorm(c), lastGain: constantly(1), inner: 4 }
  const blocks = sequential(
    basic({ ...options, from: 3, width: 4, stride: 1 }),
    basic({ ...options, from: 4, width: 4, stride: 1 }),
    bottleneck({ ...options, from: 4, width: 8, stride: 2 }),
    basic({ ...options, from: 8, width: 8, inner: 8, stride: 1 }),
  )
  const gradientsOf = [...variablesOf(blocks)].flatMap(([name, t]) =>
    variableOf(t).role === 'statistic' ? [] : [name],
  )
  const weights = randomArray([2, 8, 3, 3], { seed: 9 }).values
  const run = { training: true, gradientsOf, weights }
  const plain = await runModule(blocks, blocks, [randomArray([2, 3, 6, 6])], run)
  const again = await runModule(blocks, blocks, [randomArray([2, 3, 6, 6])], { ...run, checkpointing: true })
  for (const name of gradientsOf)
    expect(relativeError(again.gradients[name], plain.gradients[name] ?? []), name).toBeLessThan(1e-12)
  expect(again.state).toEqual(plain.state)
  expect(plain.state.get('0.bn1.running_mean')).not.toEqual([0, 0, 0, 0])
})
