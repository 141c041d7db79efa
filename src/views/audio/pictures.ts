import { where } from '../../tensor/elementwise.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'

/** Deviations from the middle grey to black and to white */
const REACH = 2.5

/**
 * Normalised spectra as a picture: time to the right, pitch upwards, loud is bright.
 *
 * @param x [N, T, bands], with mean 0 and deviation 1
 * @param of bool [N, T]: frames that are drawn; grey elsewhere
 * @returns [N, 1, bands, T] in [0, 1]
 */
export function spectraPicture(x: Tensor, of: Tensor): Tensor {
  const [n, length, bands] = [x.size(0), x.size(1), x.size(2)]
  const grey = where(of.reshape(n, length, 1), x.div(2 * REACH), 0)
    .add(0.5)
    .clip(0, 1)
  return grey.flip(2).transpose(0, 2, 1).reshape(n, 1, bands, length)
}

/**
 * A strip of a colour for each code; which colour says nothing, equal ones are equal codes.
 *
 * @param codes int [N, T], each of 0 … size − 1
 * @param of bool [N, T]: frames that are drawn; white elsewhere
 * @returns [N, 3, height, T] in [0, 1]
 */
export function codesPicture(codes: Tensor, of: Tensor, size: number, height = 16): Tensor {
  const [n, length] = [codes.size(0), codes.size(1)]
  // turned by the golden angle, so that neighbours differ
  const wave = (code: number, shift: number) => 0.5 + 0.45 * Math.cos(2.399963 * code + (2 * Math.PI * shift) / 3)
  const colours = constant(
    range(size).flatMap(code => range(3).map(channel => wave(code, channel))),
    [size, 3],
  )
  const drawn = where(of.reshape(n, length, 1), colours.gather(codes), 1) // [N, T, 3]
  return drawn.transpose(0, 2, 1).reshape(n, 3, 1, length).expand(n, 3, height, length)
}

/** Every point of a picture [N, C, H, W] so many times downwards and to the right. */
export function enlarged(picture: Tensor, times: { readonly down: number; readonly right: number }): Tensor {
  const repeated = (size: number, each: number) =>
    constant(
      range(size * each).map(i => Math.floor(i / each)),
      [size * each],
      'int',
    )
  const [height, width] = [picture.size(2), picture.size(3)]
  return picture.gather(repeated(height, times.down), 2).gather(repeated(width, times.right), 3)
}
