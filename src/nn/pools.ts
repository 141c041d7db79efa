/**
 * How many vectors become one: their mean over places, patches, frames or tokens; the class token of a transformer; of text, what
 * stands at its end token; or, of sound, the mean and the standard deviation over the frames, one after the other.
 */
export const pools = ['mean', 'class', 'end', 'mean-sd'] as const
export type Pool = (typeof pools)[number]

/** How each is said of what an encoder reads. */
export function poolWords(pool: Pool, reads: 'image' | 'audio'): string {
  const mean = reads === 'audio' ? 'mean over time' : 'mean over places'
  return { mean, class: 'its class token', end: 'its end token', 'mean-sd': 'mean and deviation over time' }[pool]
}
