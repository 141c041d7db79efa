import type { Recording } from './recording.js'

/** Keeps count of what the user should know of recordings as they are decoded. @param rate that they are brought to */
export function hearing(rate: number) {
  let [total, mixed, clipped, cut, strange, numbers] = [0, 0, 0, 0, 0, 0]
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0]
  const low = new Map<number, number>()
  return {
    hear(recording: Recording): void {
      total++
      numbers += recording.length
      shortest = Math.min(shortest, recording.length)
      longest = Math.max(longest, recording.length)
      if (recording.channels > 1) mixed++
      if (recording.clipped) clipped++
      if (recording.cutShort) cut++
      if (recording.strange) strange++
      if (recording.rate < rate) low.set(recording.rate, (low.get(recording.rate) ?? 0) + 1)
    },
    notes(): string[] {
      const of = (count: number, one: string, more: string) =>
        `${count} of ${total} recordings ${count === 1 ? one : more}`
      const span =
        shortest === longest
          ? `each of ${timeOf(longest / rate)}`
          : `of ${timeOf(shortest / rate)} to ${timeOf(longest / rate)}`
      const all = `${total} recordings, ${timeOf(numbers / rate)} in all, ${span}.`
      const notes = [total === 1 ? `1 recording of ${timeOf(longest / rate)}.` : all]
      for (const [from, count] of [...low].sort(([a], [b]) => a - b))
        notes.push(
          `${of(count, 'has', 'have')} a rate of ${from / 1000} kHz: upsampled to ${rate / 1000} kHz, with nothing above ${from / 2000} kHz.`,
        )
      if (mixed > 0) notes.push(`${of(mixed, 'has', 'have')} more than one channel: mixed down to their mean.`)
      if (clipped > 0)
        notes.push(`${of(clipped, 'is', 'are')} clipped: the loudest parts lie at full scale, cut off flat.`)
      if (cut > 0) notes.push(`${of(cut, 'ends', 'end')} before the file says so: taken as far as it goes.`)
      if (strange > 0)
        notes.push(`${of(strange, 'has', 'have')} values that are no numbers (NaN or infinity): taken as 0.`)
      return notes
    },
  }
}

/** `0.3 s`, `4.5 min`, `8.0 hours` */
export const timeOf = (seconds: number): string =>
  seconds < 90
    ? `${Number(seconds.toPrecision(2))} s`
    : seconds < 5400
      ? `${(seconds / 60).toFixed(1)} min`
      : `${(seconds / 3600).toFixed(1)} hours`
