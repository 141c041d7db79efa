import { range, sizes } from '../tensor/shape.js'
import { constant, type Tensor } from '../tensor/tensor.js'

const FOUR_NEIGHBOURS = [0, 1, 0, 1, 0, 1, 0, 1, 0]

/**
 * The smoothest fill of a hole: every hidden pixel becomes the mean of its neighbours up, down, left and right (the
 * discrete Laplace equation), the others stay. It continues what is around and knows nothing of pictures, so a network
 * that has learnt what pictures look like must do better. Where a hole meets the border of the picture, the neighbours
 * that are not there do not count.
 *
 * Solved by conjugate gradients, whose number of steps is in proportion to the width of the hole.
 *
 * @param x [N, C, H, W]
 * @param hidden float [N, 1, H, W]: 1 where the picture is to be filled, 0 elsewhere
 * @param iterations steps of the solver; enough for the largest holes unless told
 * @see Hestenes & Stiefel 1952
 */
export function harmonicFill(x: Tensor, hidden: Tensor, iterations?: number): Tensor {
  const [n, c, h, w] = sizes(x.shape, 4)
  const steps = iterations ?? 2 * Math.max(h, w)
  const cross = constant(FOUR_NEIGHBOURS, [1, 1, 3, 3])
  const around = (t: Tensor) => t.conv(cross, { padding: 1 })
  const perPlane = (t: Tensor) => t.sum([1, 2, 3], true)
  const mask = hidden.expand(n, c, h, w).reshape(n * c, 1, h, w)
  const known = x.reshape(n * c, 1, h, w).mul(mask.neg().add(1))
  const neighbours = around(constant(1).expand(1, 1, h, w))
  const laplace = (t: Tensor) => t.mul(neighbours).sub(around(t)).mul(mask)

  // −Δ fill = 0 inside, with what is known around: A·fill = b, and b − A·0 is the first residual
  let fill = known.mul(0)
  let residual = around(known).mul(mask)
  let direction = residual
  let length = perPlane(residual.square())
  for (const _ of range(steps)) {
    const bent = laplace(direction)
    const stride = length.div(perPlane(direction.mul(bent)).maximum(TINY))
    fill = fill.add(direction.mul(stride))
    residual = residual.sub(bent.mul(stride))
    const next = perPlane(residual.square())
    direction = residual.add(direction.mul(next.div(length.maximum(TINY))))
    length = next
  }
  return known.add(fill).reshape(n, c, h, w)
}

/** Keeps what has converged, or has nothing to fill, from dividing by zero */
const TINY = 1e-30
