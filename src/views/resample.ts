import { where } from '../tensor/elementwise.js'
import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

/** Rectangles in pixels, real numbers, one a picture: float [N] each. A negative size mirrors. */
export interface Boxes {
  readonly top: Tensor
  readonly left: Tensor
  readonly height: Tensor
  readonly width: Tensor
}

export type Kernel = 'bilinear' | 'bicubic'

/**
 * Each picture sampled on a regular grid of real coordinates inside its box. When the box shrinks, the kernel widens with it,
 * so that nothing aliases (as Pillow and antialiased torchvision). Two matrix products, differentiable in the pictures.
 *
 * @param x [N, C, H, W]
 * @param size height and width of the result
 * @returns [N, C, size, size]
 */
export function resample(x: Tensor, boxes: Boxes, size: number, kernel: Kernel = 'bicubic'): Tensor {
  const [n, , h, w] = sizes(x.shape, 4)
  const rows = weights(boxes.top, boxes.height, h, size, kernel).reshape(n, 1, size, h)
  const columns = weights(boxes.left, boxes.width, w, size, kernel).reshape(n, 1, size, w)
  return rows.matmul(x).matmul(columns.T)
}

/** The whole of each picture at another size. */
export function resize(x: Tensor, size: number, kernel: Kernel = 'bicubic'): Tensor {
  const [n, , h, w] = sizes(x.shape, 4)
  if (h === size && w === size) return x
  const all = (value: number) => constant(value).expand(n)
  return resample(x, { top: all(0), left: all(0), height: all(h), width: all(w) }, size, kernel)
}

/**
 * How much each of `from` pixels counts for each of `to` samples between start and start + length.
 * @returns [N, to, from], rows sum to 1
 */
function weights(start: Tensor, length: Tensor, from: number, to: number, kernel: Kernel): Tensor {
  const step = length.div(to).reshape(-1, 1, 1)
  const at = step
    .mul(
      constant(
        range(to).map(i => i + 0.5),
        [to, 1],
      ),
    )
    .add(start.reshape(-1, 1, 1)) // [N, to, 1]
  const centres = constant(
    range(from).map(i => i + 0.5),
    [1, from],
  )
  const distance = centres.sub(at).div(step.abs().maximum(1)).abs() // [N, to, from]
  const raw = kernel === 'bilinear' ? distance.neg().add(1).maximum(0) : cubic(distance)
  return raw.div(raw.sum(-1, true))
}

/** Keys' cubic convolution with a = −½, at distances t ≥ 0. @see Keys 1981 */
function cubic(t: Tensor): Tensor {
  const near = t.mul(1.5).sub(2.5).mul(t).mul(t).add(1)
  const far = t.mul(-0.5).add(2.5).mul(t).sub(4).mul(t).add(2)
  return where(t.less(1), near, where(t.less(2), far, 0))
}

/**
 * Gaussian blur with a deviation for each picture, in pixels; 0 leaves it alone. Borders are renormalised.
 * @param x [N, C, H, W]
 * @param sigma float [N]
 */
export function blur(x: Tensor, sigma: Tensor): Tensor {
  const [n, , h, w] = sizes(x.shape, 4)
  const smooth = (size: number) => {
    const places = range(size)
    const square = constant(
      places.flatMap(i => places.map(j => (i - j) ** 2)),
      [size, size],
    )
    const raw = square.div(sigma.reshape(n, 1, 1, 1).square().mul(-2).minimum(-1e-4)).exp()
    return raw.div(raw.sum(-1, true))
  }
  return smooth(h).matmul(x).matmul(smooth(w).T)
}
