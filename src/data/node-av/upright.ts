/**
 * Filters that show a picture upright, by the matrix that its file has: nine whole numbers of four bytes, the first four of a part
 * in 65,536. As ffmpeg has it.
 */
export function uprightFilters(matrix: Buffer | null): string[] {
  if (matrix === null || matrix.length < 36) return []
  const at = (i: number) => matrix.readInt32LE(4 * i) // written by FFmpeg in the order of this machine
  const [sideways, lengthways] = [Math.hypot(at(0), at(3)), Math.hypot(at(1), at(4))]
  if (sideways === 0 || lengthways === 0) return []
  const degrees = Math.round((Math.atan2(at(1) / lengthways, at(0) / sideways) * 180) / Math.PI)
  const angle = degrees - 360 * Math.floor(degrees / 360 + 0.9 / 360)
  if (Math.abs(angle - 90) < 1) return [`transpose=${at(3) > 0 ? 'cclock_flip' : 'clock'}`]
  if (Math.abs(angle - 180) < 1) return [...(at(0) < 0 ? ['hflip'] : []), ...(at(4) < 0 ? ['vflip'] : [])]
  if (Math.abs(angle - 270) < 1) return [`transpose=${at(3) < 0 ? 'clock_flip' : 'cclock'}`]
  if (Math.abs(angle) > 1) return [`rotate=${angle}*PI/180`]
  return at(4) < 0 ? ['vflip'] : []
}
