import { parseOptions } from '../assembly/programs.js'
import { LacunaError } from '../errors.js'
import type { Method } from '../methods/method.js'
import type { TrainingSettings } from '../settings/types.js'

/**
 * Settings in which `--seconds` has become what it is, an option of the method.
 * @throws LacunaError (wrong usage) for a method without windows of sound, or where its options say otherwise
 */
export function withSeconds<S extends Pick<TrainingSettings, 'seconds' | 'options'>>(
  method: Method,
  { seconds, ...settings }: S,
): Omit<S, 'seconds'> {
  if (seconds === undefined) return settings
  if (!('seconds' in parseOptions(method, {})))
    throw new LacunaError(
      `--seconds is the length of a window of sound, and ${method.name} has none; leave --seconds away`,
      2,
    )
  const own = settings.options?.seconds
  if (own !== undefined && own !== seconds)
    throw new LacunaError(`--seconds ${seconds} and --set seconds=${own} say different things; give one of them`, 2)
  return { ...settings, options: { ...settings.options, seconds } }
}
