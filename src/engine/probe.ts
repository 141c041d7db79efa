import { BLOCKED } from '../program/lowering/blocked.js'
import { writeModel } from '../program/onnx/model.js'
import type { Runtime } from './host.js'

const SIZES = [16, 8]

/**
 * How many channels lie together in the blocked convolutions of this machine's processor, 16 or 8; 0 where there are none, or
 * where they do not give the numbers that they should. Those operators are internal to ONNX Runtime, so they are tried.
 */
export async function probedBlock({ ort }: Pick<Runtime, 'ort'>): Promise<number> {
  for (const size of SIZES) if (await works(ort, size).catch(() => false)) return size
  return 0
}

/** A 1×1 convolution of as many channels as a block has, whose kernel exchanges the first two: blocks of another size would mix places. */
async function works(ort: Runtime['ort'], block: number): Promise<boolean> {
  const shape = [1, 2 * block, 2, 2]
  const x = Float32Array.from({ length: 8 * block }, (_, i) => i + 1)
  const kernel = new Float32Array(4 * block * block)
  // blocked [O / b, C / b, C in a block, O in a block]: channel c goes to channel 2b − 1 − c
  for (let c = 0; c < 2 * block; c++) {
    const o = 2 * block - 1 - c
    const [outer, inner] = [Math.floor(o / block), Math.floor(c / block)]
    kernel[((outer * 2 + inner) * block + (c % block)) * block + (o % block)] = 1
  }
  const node = (operator: string, inputs: string[], output: string, attributes = {}) => ({
    operator,
    domain: BLOCKED,
    inputs,
    outputs: [output],
    attributes,
  })
  const { model } = writeModel({
    nodes: [
      node('ReorderInput', ['x'], 'blocked'),
      node('Conv', ['blocked', 'kernel'], 'convolved', {
        group: 1,
        strides: [1, 1],
        dilations: [1, 1],
        pads: [0, 0, 0, 0],
      }),
      node('ReorderOutput', ['convolved'], 'y', { channels: 2 * block }),
    ],
    initializers: [],
    inputs: [
      { name: 'x', type: 'float32', shape },
      { name: 'kernel', type: 'float32', shape: [2 * block, 2 * block, 1, 1] },
    ],
    outputs: [{ name: 'y', type: 'float32', shape }],
  })
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const feeds = {
    x: new ort.Tensor('float32', x, shape),
    kernel: new ort.Tensor('float32', kernel, [2 * block, 2 * block, 1, 1]),
  }
  const y = (await session.run(feeds)).y?.data as Float32Array
  await session.release()
  return y.every((value, i) => value === x[(2 * block - 1 - Math.floor(i / 4)) * 4 + (i % 4)])
}
