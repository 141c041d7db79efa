/**
 * Which frame of a film is seen at each tick of another clock. A frame begins at the tick nearest to the moment that it is to be
 * shown at, and is seen until the next one begins: as ffmpeg's filter `fps` has it.
 *
 * @param times in seconds at which the frames are shown, ascending; before the first one it is seen already
 * @param end in seconds, when the last one is no longer shown
 * @param rate ticks a second
 * @returns a position in `times` for each tick
 */
export function seenAt(times: readonly number[], end: number, rate: number): number[] {
  const count = Math.max(1, Math.round(end * rate))
  const seen: number[] = []
  let frame = 0
  for (let tick = 0; tick < count; tick++) {
    while (frame + 1 < times.length && Math.round((times[frame + 1] ?? 0) * rate) <= tick) frame++
    seen.push(frame)
  }
  return seen
}
