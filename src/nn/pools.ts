/**
 * How many vectors become one: their mean over places, patches or frames; the class token of a transformer; or, of sound, the
 * mean and the standard deviation over the frames, one after the other.
 */
export const pools = ['mean', 'class', 'mean-sd'] as const
export type Pool = (typeof pools)[number]

/** How each is said. */
export const poolWords: { readonly [P in Pool]: string } = {
  mean: 'mean over places',
  class: 'its class token',
  'mean-sd': 'mean and deviation over time',
}
