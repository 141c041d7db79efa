import { takeRows } from '../../tensor/indexing.js'
import { concat } from '../../tensor/movement.js'
import { range, sizes } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { isThere } from '../../tensor/there.js'

/** Pixels of a row of a picture of guesses */
const ROW = 4

/** int [N]: of each recording the frame in the middle of what is there */
export const middleOf = (frames: Tensor): Tensor => frames.cast('float').div(2).floor().cast('int')

/** What is heard up to the end of what a frame sees, and silence after it. @param frame int [N] */
export function heardUpTo(
  waves: Tensor,
  frame: Tensor,
  { hop, receptiveField }: { hop: number; receptiveField: number },
): Tensor {
  const end = frame.cast('float').mul(hop).add(receptiveField).cast('int')
  return waves.mul(isThere(end, waves.size(1)).cast('float'))
}

/**
 * The guesses that are made from one frame of each recording.
 * @param guesses [N, K, T, D], each where the frame is that it guesses
 * @param frame int [N]
 * @returns [N, K, D]
 */
export function guessesFrom(guesses: Tensor, frame: Tensor, ahead: readonly number[]): Tensor {
  const [n, , length, width] = sizes(guesses.shape, 4)
  const rows = ahead.map((by, i) => {
    const at = frame
      .cast('float')
      .add(by)
      .minimum(length - 1)
      .cast('int')
    return takeRows(guesses.slice(1, i, i + 1).reshape(n, length, width), at.reshape(n, 1))
  })
  return concat(rows, 1)
}

/**
 * Where each guess looks for its frame: a row for each, a column for each frame of the window, as light as the frame is likely.
 * @param guesses [N, K, D]
 * @param latents [N, T, D]
 * @returns [N, 1, 4 K, T] in [0, 1]; the likeliest of a row is white
 */
export function lookedFor(guesses: Tensor, latents: Tensor, frames: Tensor): Tensor {
  const length = latents.size(1)
  const nowhere = isThere(frames, length).not().cast('float').mul(-1e9).reshape(-1, 1, length)
  const likely = guesses.matmul(latents.T).add(nowhere).softmax()
  return asRows(likely.div(likely.max(-1, true).maximum(1e-12)))
}

/** Where the frames are that are guessed from one. @returns [N, 1, 4 K, T], 1 or 0 */
export function whereTheyAre(frame: Tensor, ahead: readonly number[], length: number): Tensor {
  const right = frame
    .cast('float')
    .reshape(-1, 1, 1)
    .add(constant([...ahead], [1, ahead.length, 1]))
  return asRows(right.equal(constant(range(length), [1, 1, length])).cast('float'))
}

/** [N, K, T] → [N, 1, 4 K, T] */
function asRows(x: Tensor): Tensor {
  const [n, rows, columns] = sizes(x.shape, 3)
  return x
    .reshape(n, 1, rows, 1, columns)
    .expand(n, 1, rows, ROW, columns)
    .reshape(n, 1, rows * ROW, columns)
}
