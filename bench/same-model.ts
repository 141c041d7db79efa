import type { StepMeasurement } from './step-measurement.js'
import type { Rounds } from './turns.js'

/** A comparison of different models would say nothing. @throws Error when they have not as many parameters */
export function wantSameModel(name: string, results: Rounds<StepMeasurement>['results']): void {
  const counts = Object.entries(results).flatMap(([who, [first]]) => (first ? [[who, first.parameters] as const] : []))
  if (new Set(counts.map(([, count]) => count)).size > 1)
    throw new Error(`${name}: models differ in parameters: ${counts.map(([who, n]) => `${who} ${n}`).join('; ')}`)
}
