import type { Emitter } from './lowering/emitter.js'

/** How recordings are cut into windows, all in numbers of the wave but for `first` and `step`. */
export interface Windowing {
  readonly window: number
  readonly hop: number
  /** What one frame sees */
  readonly receptiveField: number
  /** The first frame of a window that sees nothing before it */
  readonly first: number
  /** Frames from one window to the next */
  readonly step: number
}

/** What the windows are called: the wave of each [N, window]; numbers that are there, first frame that is new, and the first that is not [N]. */
export interface WindowNames {
  readonly values: string
  readonly lengths: string
  readonly skip: string
  readonly until: string
}

/** More frames than any window has */
const ALL = 2 ** 40

/**
 * Cuts one recording of any length into windows inside a model, with standard ONNX operators: as `windowsOf` does beside it.
 * @param wave name of the recording, float [L]
 */
export function cutIntoWindows(e: Emitter, wave: string, names: WindowNames, windowing: Windowing): void {
  const { window, hop, receptiveField, first, step } = windowing
  const of = (operator: string, ...inputs: string[]) => e.one(operator, inputs)
  const int = (value: number) => e.ints([value])
  const scalar = (value: string) => of('Squeeze', value)
  const upDivided = (value: string, by: number) => of('Div', of('Add', value, int(by - 1)), int(by))
  const length = of('Shape', wave)
  const there = of('Max', length, int(receptiveField)) // of what is too short for a frame, silence follows
  const beyond = of('Max', of('Sub', length, int(window)), int(0))
  const last = upDivided(beyond, hop)
  const count = of('Add', upDivided(beyond, step * hop), int(1))
  const range = (end: string) =>
    of('Range', e.values(Float64Array.of(0), [], 'int64'), end, e.values(Float64Array.of(1), [], 'int64'))
  const places = range(scalar(count))
  const usual = of('Mul', places, int(step))
  const start = of('Min', usual, last)
  const from = of('Mul', start, int(hop))
  const until = of('Sub', of('Add', usual, int(step + first)), start)
  const isLast = of('Equal', places, of('Sub', count, int(1)))
  // a hop of zeros too: the last window may reach so far beyond the end
  const missing = of('Add', of('Max', of('Sub', int(window), length), int(0)), int(hop))
  const padded = of('Pad', wave, e.one('Concat', [int(0), missing], { axis: 0 }))
  const offsets = range(e.values(Float64Array.of(window), [], 'int64'))
  const indices = of('Add', of('Unsqueeze', from, int(1)), of('Unsqueeze', offsets, int(0)))
  const made: Readonly<Record<keyof WindowNames, string>> = {
    values: of('Gather', padded, indices),
    lengths: of('Min', of('Sub', there, from), int(window)),
    skip: of('Sub', of('Add', usual, of('Min', of('Mul', places, int(ALL)), int(first))), start),
    until: of('Where', isLast, int(ALL), until),
  }
  for (const key of ['values', 'lengths', 'skip', 'until'] as const)
    if (!e.rename(made[key], names[key])) e.rename(of('Identity', made[key]), names[key])
}
