import type { Fit } from '../channels/fits.js'

/** One axis of a picture being resized: of `resized` places those from `first` on are kept, `kept` of them. */
export interface Axis {
  /** Input places per output place, the same on both axes but for `squash`. */
  readonly step: number
  readonly resized: number
  readonly first: number
  readonly kept: number
}

/**
 * How a width × height picture becomes size × size, in whole pixels as sharp counts them: with `crop` the short side
 * becomes `size` and the middle of the long one is kept (of two middles the later one), with `pad` the long side becomes
 * `size`, with `squash` both do.
 */
export function axesOf(width: number, height: number, size: number, fit: Fit): { readonly x: Axis; readonly y: Axis } {
  const common = (fit === 'crop' ? Math.min(width, height) : Math.max(width, height)) / size
  const axis = (length: number): Axis => {
    const step = fit === 'squash' ? length / size : common
    const resized = Math.max(1, Math.round(length / step))
    const kept = fit === 'pad' ? resized : size
    return { step, resized, first: Math.ceil((resized - kept) / 2), kept }
  }
  return { x: axis(width), y: axis(height) }
}

/** `#rrggbb` as one value per channel; grey as libvips weighs it would differ by a little, and none of the usual ones does. */
export function groundOf(background: string, channels: number): number[] {
  const colour = [1, 3, 5].map(at => Number.parseInt(background.slice(at, at + 2), 16))
  const [red = 0, green = 0, blue = 0] = colour
  return channels === 3 ? colour : [Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue)]
}

/**
 * A picture [height, width, channels] in the middle of a canvas [size, size, channels] of one colour (of two middles the
 * earlier one).
 *
 * @param background one value per channel
 */
export function onCanvas(
  { values, width, height, channels }: Raster,
  size: number,
  background: readonly number[],
): Uint8Array {
  if (width === size && height === size) return values
  const canvas = new Uint8Array(size * size * channels).map((_, i) => background[i % channels] ?? 0)
  const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)]
  const row = width * channels
  for (let y = 0; y < height; y++)
    canvas.set(values.subarray(y * row, (y + 1) * row), ((top + y) * size + left) * channels)
  return canvas
}

/** Values as they lie in memory: [height, width, channels]. */
export interface Raster {
  readonly values: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}
