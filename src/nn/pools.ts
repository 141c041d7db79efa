/**
 * How many vectors become one: their mean over places, patches or frames; the class token of a transformer; or, of sound, the
 * mean and the standard deviation over the frames, one after the other.
 */
export const pools = ['mean', 'class', 'mean-sd'] as const
export type Pool = (typeof pools)[number]

/** How each is said of what an encoder reads. */
export function poolWords(pool: Pool, reads: 'image' | 'audio'): string {
  const mean = reads === 'audio' ? 'mean over time' : 'mean over places'
  return { mean, class: 'its class token', 'mean-sd': 'mean and deviation over time' }[pool]
}
