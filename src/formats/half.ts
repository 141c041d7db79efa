/**
 * Widens IEEE half precision to float32, without loss.
 *
 * @param bits [n] the 16-bit patterns
 * @returns [n]
 */
export function widenHalf(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, word => {
    const sign = word & 0x8000 ? -1 : 1
    const exponent = (word >> 10) & 0x1f
    const fraction = word & 0x3ff
    if (exponent === 0) return sign * fraction * 2 ** -24
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
    return sign * (1024 + fraction) * 2 ** (exponent - 25)
  })
}

/**
 * Widens bfloat16 to float32, without loss: it is the upper half of a float32.
 *
 * @param bits [n] the 16-bit patterns
 * @returns [n]
 */
export function widenBrainFloat(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, word => word << 16).buffer)
}
