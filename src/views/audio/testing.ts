import { array, type Given } from '../../engine/testing.js'

/** A tone, a sweep and noise by a formula, within ±0.55: [1, length] at 16 kHz */
export function tune(length: number): Given {
  const noise = (i: number) => {
    const s = Math.sin(i * 12.9898) * 43758.5453
    return s - Math.floor(s) - 0.5
  }
  const at = (i: number) =>
    0.3 * Math.sin((2 * Math.PI * 440 * i) / 16_000) + 0.2 * Math.sin(2e-4 * i * i) + 0.1 * noise(i)
  return array(
    [1, length],
    Array.from({ length }, (_, i) => at(i)),
  )
}
