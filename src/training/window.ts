import { parseOptions } from '../assembly/assemble.js'
import { LacunaError } from '../errors.js'
import type { Method } from '../methods/method.js'
import type { TrainingSettings } from '../settings/types.js'

/** Settings that say how long a window is, each an option of the methods that have such windows. */
const windows = { seconds: 'is the length of a window of sound', frames: 'counts the frames of a film' } as const
type Window = keyof typeof windows

/**
 * Settings in which `--seconds` and `--frames` have become what they are, options of the method.
 * @throws LacunaError (wrong usage) for a method without such windows, or where its options say otherwise
 */
export function withWindow<S extends Pick<TrainingSettings, Window | 'options'>>(
  method: Method,
  { seconds, frames, ...settings }: S,
): Omit<S, Window> {
  const given = Object.entries({ seconds, frames }) as [Window, number | undefined][]
  const told = given.filter(([, value]) => value !== undefined)
  if (told.length === 0) return settings
  for (const [name, value] of told) {
    if (!(name in parseOptions(method, {})))
      throw new LacunaError(`--${name} ${windows[name]}, and ${method.name} has none; leave --${name} away`, 2)
    const own = settings.options?.[name]
    if (own !== undefined && own !== value)
      throw new LacunaError(`--${name} ${value} and --set ${name}=${own} say different things; give one of them`, 2)
  }
  return { ...settings, options: { ...settings.options, ...Object.fromEntries(told) } }
}
