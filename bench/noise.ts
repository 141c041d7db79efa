import { type PictureSet, plainReading } from 'lacuna'

/** Pictures that are random numbers, in memory: uint8 [count, size, size, 3] */
export function noise(count: number, size: number): PictureSet {
  const stride = size * size * 3
  const data = Uint8Array.from({ length: count * stride }, () => 256 * Math.random())
  const items = Array.from({ length: count }, (_, i) => ({
    name: `${i}`,
    label: undefined,
    group: `${i}`,
    split: undefined,
  }))
  const set: PictureSet = {
    size,
    channels: 3,
    items,
    skipped: [],
    notes: [],
    reading: plainReading,
    classes: [],
    source: 'noise',
    fingerprint: 'noise',
    directory: '',
    gather(positions, out = new Uint8Array(positions.length * stride)) {
      for (const [i, position] of Array.from(positions).entries())
        out.set(data.subarray(position * stride, (position + 1) * stride), i * stride)
      return out
    },
    subset: () => set,
    close: () => undefined,
  }
  return set
}
