import { heFanOut, type Initial } from './initial.js'
import { batchNorm, conv2d } from './layers.js'
import { layer, type Module, sequential } from './module.js'

export interface DilatedHeadOptions {
  /** Channels that come in, of the two hidden layers, and out */
  readonly width: number
  readonly hidden: number
  readonly outputs: number
  /** First values of the last bias */
  readonly biasInitial?: Initial
}

/**
 * A guess at every place of a map, each from 9 × 9 places around it: two 3×3 convolutions with gaps of one, batch norm and
 * ReLU, then a 1×1 convolution. [N, width, h, w] → [N, outputs, h, w]
 */
export function dilatedHead({ width, hidden, outputs, biasInitial }: DilatedHeadOptions): Module {
  const dilated = { dilation: 2, padding: 2, bias: false, weight: heFanOut }
  return sequential(
    conv2d(width, hidden, 3, dilated),
    batchNorm(hidden),
    layer(x => x.relu()),
    conv2d(hidden, hidden, 3, dilated),
    batchNorm(hidden),
    layer(x => x.relu()),
    conv2d(hidden, outputs, 1, { biasInitial }),
  )
}
