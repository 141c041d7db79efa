import { LacunaError } from '../errors.js'

/** Steps whose losses are looked at together */
const STEPS = 20
/** No loss of ours is that many times what a network that knows nothing has, unless its weights have run away */
const TIMES = 20

/**
 * Watches the losses of a training. A single step may be off, and a start may be rough; what has diverged stays far above both
 * chance and its own first loss, or is no number.
 *
 * @param chance the loss of a network that knows nothing
 * @returns what is wrong after a step with that loss, undefined while nothing is
 */
export function divergenceWatch(chance: number, firstLoss?: number) {
  const last: number[] = []
  let first = firstLoss
  const limit = () => TIMES * Math.max(Math.abs(chance), Math.abs(first ?? 0))
  const mean = () => last.reduce((sum, loss) => sum + loss, 0) / last.length
  const problem = () =>
    mean() > limit()
      ? `the loss is ${mean().toPrecision(3)} where a network that knows nothing has ${chance.toPrecision(3)}`
      : undefined
  return {
    /** @param gradientNorm where it is known: weights that it moves are no numbers when it is none */
    see(loss: number, gradientNorm = 0): string | undefined {
      if (!Number.isFinite(loss)) return 'the loss is no number any more'
      if (!Number.isFinite(gradientNorm)) return 'the gradient is no number any more'
      first ??= loss
      last.push(loss)
      if (last.length > STEPS) last.shift()
      return last.length === STEPS ? problem() : undefined
    },
    /** Before what is trained is saved for good, however few steps it took; the first step is nobody's fault. */
    atTheEnd: (): string | undefined => (last.length > 1 ? problem() : undefined),
  }
}

/** @param saved the step of the last checkpoint, undefined where there is none */
export function diverged(directory: string, step: number, problem: string, saved: number | undefined): LacunaError {
  const what = `${directory}: diverged at step ${step}: ${problem}`
  return new LacunaError(
    saved === undefined
      ? `${what}; nothing was saved: run the same command again, without --resume, with a lower --lr or --clip 1`
      : `${what}; the checkpoint of step ${saved} is kept: train anew with a lower --lr or --clip 1 and another --out`,
  )
}
