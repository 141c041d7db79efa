import { expect, test } from 'vitest'
import type { ChannelOf } from '../channels/channel.js'
import { LacunaError } from '../errors.js'
import { input } from '../tensor/tensor.js'
import { encoderNames, makeEncoder } from './encoders.js'
import { variablesOf } from './module.js'
import { parameterCount } from './parameters.js'
import { isViT } from './vit.js'

const picture = { size: 32, channels: 3 }
const kernelOf = (name: string, size = 32) =>
  variablesOf(makeEncoder(name, { size, channels: 3 })).get('conv1.weight')?.shape[2]
const statisticsOf = (name: string) =>
  [...variablesOf(makeEncoder(name, picture)).keys()].filter(key => key.includes('running')).length

test.each([
  ['c4', 256],
  ['c4-half', 128],
  ['c4-half-gn', 128],
  ['resnet18', 512],
  ['resnet34', 512],
  ['resnet50', 2048],
  ['vit-mini', 96],
  ['vit-tiny', 192],
  ['vit-small', 384],
  ['vit-base', 768],
  ['vit:dim=48,depth=2,heads=4', 48],
  ['clip-vit-base', 768],
  ['clip-vit-base/8', 768],
  ['clip-vit:dim=48,depth=2,heads=4,patch=8,activation=quick-gelu', 48],
])('%s gives %i numbers a picture', (name, width) => {
  const encoder = makeEncoder(name, picture)
  expect(encoder.width).toBe(width)
  expect(encoder(input('x', [2, 3, 32, 32])).shape).toEqual([2, width])
})

test.each([
  ['cpc-small', 128, 100],
  ['wav2vec-small', 128, 98],
  ['wav2vec2-small', 192, 49],
])('%s gives %i numbers and %i frames a second of sound', (name, width, frames) => {
  const encoder = makeEncoder(name, { kind: 'audio', rate: 16_000, length: 16_000 })
  expect(encoder(input('x', [2, 16_000])).shape).toEqual([2, width])
  expect(encoder.features(input('x', [2, 16_000])).shape).toEqual([2, frames, width])
})

test.each([
  ['text-small', 128, 'block4'],
  ['text-base', 512, 'block12'],
  ['text:dim=48,depth=2,heads=4,activation=gelu', 48, 'block2'],
])('%s gives %i numbers a text', (name, width, last) => {
  const encoder = makeEncoder(name, { kind: 'text', vocabulary: 300, length: 16 })
  expect(encoder(input('x', [2, 16], 'int')).shape).toEqual([2, width])
  expect(encoder.features(input('x', [2, 16], 'int')).shape).toEqual([2, 16, width])
  expect(encoder.layers.at(-1)).toBe(last)
})

test('a window too short for a frame is refused with what would do', () => {
  expect(refusal('wav2vec2-small', { kind: 'audio', rate: 8_000, length: 399 })).toBe(
    'wav2vec2-small: a window of 399 numbers is shorter than the 400 of one frame; take --seconds 0.05 or more',
  )
})

test('c4 has 388,896 parameters; above 32 pixels its first convolution has stride 2', () => {
  const map = (size: number) => makeEncoder('c4', { size, channels: 3 }).features(input('x', [2, 3, size, size])).shape
  expect(parameterCount(makeEncoder('c4', picture))).toBe(388_896)
  expect(map(32)).toEqual([2, 256, 4, 4])
  expect(map(64)).toEqual([2, 256, 4, 4])
})

test('c4 with group norm knows nothing of a batch, and has as many parameters', () => {
  expect(statisticsOf('c4')).toBe(8)
  for (const name of ['c4-gn', 'c4-half-gn']) expect(statisticsOf(name)).toBe(0)
  expect(parameterCount(makeEncoder('c4-gn', picture))).toBe(parameterCount(makeEncoder('c4', picture)))
})

test('suffixes choose the stem and the norm of a ResNet', () => {
  expect(kernelOf('resnet18')).toBe(3)
  expect(kernelOf('resnet18', 96)).toBe(7)
  expect(kernelOf('resnet18-imagenet')).toBe(7)
  expect(kernelOf('resnet18-small', 96)).toBe(3)
  expect(kernelOf('resnet18-imagenet-gn')).toBe(7)
  expect(statisticsOf('resnet18')).toBe(40)
  expect(statisticsOf('resnet18-gn')).toBe(0)
})

test('options of a vision transformer', () => {
  const options = (name: string) => {
    const encoder = makeEncoder(name, picture)
    return isViT(encoder) ? encoder.options : undefined
  }
  expect(options('vit-tiny')).toMatchObject({ patch: 4, classToken: true, depth: 12 })
  expect(options('vit-tiny/8')).toMatchObject({ patch: 8 })
  expect(options('vit:dim=48,depth=2,heads=4,patch=16,mlp=2,class=false')).toEqual({
    dim: 48,
    depth: 2,
    heads: 4,
    patch: 16,
    mlpRatio: 2,
    classToken: false,
  })
})

function refusal(name: string, given: number | ChannelOf<'audio'> = 32): string {
  try {
    makeEncoder(name, typeof given === 'number' ? { size: given, channels: 3 } : given)
  } catch (error) {
    if (error instanceof LacunaError && error.exitCode === 2) return error.message
    throw error
  }
  return ''
}

test('an unknown name is answered with the nearest and the known ones', () => {
  const known = encoderNames.map(({ name }) => name).join(', ')
  expect(refusal('resnet19')).toBe(`unknown encoder "resnet19": did you mean resnet18? known are ${known}`)
  expect(refusal('vit-tny')).toContain('did you mean vit-tiny?')
  expect(refusal('resnet50-gm')).toContain('did you mean resnet50?')
  expect(refusal('vit-tiny/x')).toContain('did you mean vit-tiny?')
  expect(refusal('')).toBe(`unknown encoder "": known are ${known}`)
  expect(refusal('something-else-entirely')).not.toContain('did you mean')
})

test('sizes that do not fit are refused with those that would', () => {
  expect(refusal('vit-tiny/5')).toContain('patches of 5 px; patches of 1, 2, 4, 8, 16, 32 px would do')
  expect(refusal('vit-tiny', 100)).toContain('patches of 16 px; patches of 1, 2, 4, 5, 10, 20, 25, 50, 100 px would do')
})

test('wrong custom options are refused', () => {
  expect(refusal('vit:dim=192,depth=6')).toContain('heads: ')
  expect(refusal('vit:dim=192,depth=6,heads=5')).toContain('dim: does not divide into the heads')
  expect(refusal('vit:dim=192,depth=6,heads=3,width=4')).toContain('width')
  expect(refusal('vit:dim=1.5,depth=6,heads=3')).toContain('dim: ')
  expect(refusal('vit:')).toContain('write it as vit:dim=192,depth=6,heads=3,patch=4,class=false')
})
