import type { Encoder } from '../nn/encoder.js'
import type { Tensor } from '../tensor/tensor.js'
import { middlePatches } from '../views/patches.js'

export function representByPatches(encoder: Encoder, look: (x: Tensor) => Tensor, x: Tensor, patch: number): Tensor {
  const [n = 1, channels = 1, size = 1] = x.shape
  const mode = process.env.REP ?? 'whole'
  if (mode === 'whole') return encoder(look(x))
  const side = mode === 'cover' ? Math.ceil(size / patch) : Math.floor(size / patch)
  const pitch = Math.floor((size - patch) / (side - 1))
  const tiles = middlePatches(x, { side, patch, pitch, jitter: 0, shift: 0 })
  return encoder(look(tiles).reshape(n * side ** 2, channels, patch, patch))
    .reshape(n, side ** 2, encoder.width)
    .mean(1)
}
