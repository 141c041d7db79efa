import type { Channel } from '../channels/channel.js'
import type { SampleSet } from '../data/index.js'
import { media } from '../data/media.js'
import { mediumIn } from './labelled.js'
import type { Pretext } from './pretext-figures.js'

/**
 * What is said of figures that there was nothing to make of: of films that end before there is a frame to guess, or in which nothing
 * moves.
 *
 * @param samples that were measured, in windows as long as their channels say
 * @param left names of those figures; all of them where nothing was measured at all
 */
export function unmeasured(
  samples: SampleSet,
  { measures }: Pick<Pretext, 'measures'>,
  left: readonly string[],
): Pick<Pretext, 'notes' | 'alarms'> {
  if (left.length === 0) return { notes: [], alarms: [] }
  const short = shorter(samples)
  if (measures.length > 0) {
    const why = short === undefined ? '' : `; ${short}`
    return { notes: [`Left out, since there was nothing to guess: ${left.join('; ')}${why}.`], alarms: [] }
  }
  const more = `give ${media[mediumIn(samples)].many} with more to guess in them`
  return { notes: [], alarms: [`nothing could be guessed: ${short ?? more}`] }
}

/** Where no film is as long as a window: how long they are, and what to do. */
function shorter(samples: SampleSet): string | undefined {
  for (const [name, channel] of Object.entries<Channel>(samples.channels)) {
    if (channel.kind !== 'video') continue
    const longest = samples.items.reduce((most, _, record) => Math.max(most, samples.lengthOf(name, record)), 0)
    if (longest < channel.length)
      return `the longest film has ${longest} frames, and the task looks at ${channel.length}; give longer films, or train with fewer --frames`
  }
  return undefined
}
