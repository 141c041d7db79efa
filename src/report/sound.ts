/** Seconds of a recording that a page plays */
const SECONDS = 2.5
/** Bytes of a page's data URIs of sound, altogether: enough for what is shown and all neighbours */
const BUDGET = 8_000_000
/** Sets with more recordings than this are silent unless asked for */
export const MOST_HEARD = 1000

/** Sounds for one page, as long as there is room. */
export interface Sounds {
  /** @param wave numbers in [−1, 1) @returns a data URI of WAV, or undefined where there is no more room */
  of(wave: ArrayLike<number>, rate: number): string | undefined
}

export function soundsFor(play: boolean): Sounds {
  let left = play ? BUDGET : 0
  return {
    of(wave, rate) {
      const uri = left > 0 ? wavUri(Array.from(wave).slice(0, Math.round(SECONDS * rate)), rate) : undefined
      if (uri === undefined || uri.length > left) return undefined
      left -= uri.length
      return uri
    },
  }
}

/** A WAV file of 16 bits and one channel as a data URI. */
export function wavUri(wave: ArrayLike<number>, rate: number): string {
  const size = 2 * wave.length
  const file = Buffer.alloc(44 + size)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + size, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20) // whole numbers
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(2 * rate, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(size, 40)
  for (let i = 0; i < wave.length; i++)
    file.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round((wave[i] ?? 0) * 32768))), 44 + 2 * i)
  return `data:audio/wav;base64,${file.toString('base64')}`
}
