import { peakSignalToNoise, SIMILARITY_BORDER, structuralSimilarity } from '../losses/picture-quality.js'
import { stack } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { blockMotion, goingOn, movingPixels } from '../views/video/motion.js'
import type { Measure } from './method.js'

/** Frames as float [N, C, H, W] in [0, 1]; guesses and truths one after the other. */
export interface Guessed {
  readonly before: Tensor
  readonly last: Tensor
  readonly guesses: readonly Tensor[]
  readonly truths: readonly Tensor[]
  /** Of each truth bool [N]: windows whose film goes on so far */
  readonly there: readonly Tensor[]
}

/**
 * What guesses are worth where something moves, in all windows together: skill, the share of the error of repeating the last frame that
 * they save, 1, 2, 4, … frames ahead, and of the first frame PSNR and SSIM. Beside them stand going on as each pixel has changed, and
 * block motion, which moves everything on as it has moved.
 */
export function examineFrames({ before, last, guesses, truths, there }: Guessed): Record<string, Measure> {
  const steps = range(guesses.length).filter(i => Number.isInteger(Math.log2(i + 1)))
  const moved = movedOn(before, last, guesses.length)
  const movingIn = (truth: Tensor, i: number) => {
    const moving = movingPixels(before, last, truth)
    const known = there[i]
    return known === undefined ? moving : moving.mul(known.cast('float').reshape(-1, 1, 1, 1))
  }
  const measures = steps.map(i => {
    const [guess, truth] = [guesses[i] ?? last, truths[i] ?? last]
    const moving = movingIn(truth, i)
    const error = (frame: Tensor) => frame.sub(truth).abs().mean(1, true).mul(moving).mean()
    const skill = (frame: Tensor) => stack([error(frame), error(last)])
    const baselines = {
      'copy last': 0,
      'linear change': skill(goingOn(before, last)),
      'block motion': skill(moved[i] ?? last),
    }
    const of = i === 0 ? '1 frame' : `${i + 1} frames`
    return [
      `skill, ${of} ahead`,
      {
        value: skill(guess),
        figure: skillOf,
        better: 'higher' as const,
        baselines: i === 0 ? baselines : without(baselines),
      },
    ] as const
  })
  const [guess = last, truth = last, block = last] = [guesses[0], truths[0], moved[0]]
  const moving = movingIn(truth, 0)
  return { ...Object.fromEntries(measures), ...qualities({ guess, last, block, truth, moving }) }
}

const without = ({ 'linear change': _, ...rest }: Readonly<Record<string, Tensor | number>>) => rest

/**
 * @param errors of a guess and of the last frame, where something moves
 * @returns none where nothing moves, or no film goes on so far
 */
const skillOf = ([own = 0, copied = 0]: readonly number[]): number | undefined =>
  copied > 0 ? 1 - own / copied : undefined

/** Block motion, which is fed what it has made as a guess is. */
function movedOn(before: Tensor, last: Tensor, count: number): Tensor[] {
  const made: Tensor[] = []
  let [a, b] = [before, last]
  for (const _ of range(count)) {
    const frame = blockMotion(a, b)
    made.push(frame)
    ;[a, b] = [b, frame]
  }
  return made
}

interface Compared {
  readonly guess: Tensor
  readonly last: Tensor
  readonly block: Tensor
  readonly truth: Tensor
  readonly moving: Tensor
}

function qualities({ guess, last, block, truth, moving }: Compared): Record<string, Measure> {
  const meanWhere = (values: Tensor, mask: Tensor) => stack([values.mean(1, true).mul(mask).mean(), mask.mean()])
  const squares = (frame: Tensor) => meanWhere(frame.sub(truth).square(), moving)
  const noise = ([sum = 0, area = 0]: readonly number[]) => (area > 0 ? peakSignalToNoise(sum / area) : undefined)
  const all = {
    'PSNR where it moves, dB': {
      value: squares(guess),
      figure: noise,
      better: 'higher' as const,
      baselines: { 'copy last': squares(last), 'block motion': squares(block) },
    },
  }
  const border = SIMILARITY_BORDER
  const [height, width] = [truth.size(2), truth.size(3)]
  if (Math.min(height, width) <= 2 * border) return all
  const inside = moving.slice(2, border, height - border).slice(3, border, width - border)
  const likeness = (frame: Tensor) => meanWhere(structuralSimilarity(frame, truth), inside)
  return {
    ...all,
    'SSIM where it moves': {
      value: likeness(guess),
      figure: ([sum = 0, area = 0]) => (area > 0 ? sum / area : undefined),
      better: 'higher',
      baselines: { 'copy last': likeness(last), 'block motion': likeness(block) },
    },
  }
}
