import { within } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'

/** What a module is made of; the keys are the names that its parameters carry in a weights file. */
export type Parts = Readonly<Record<string, Tensor | AnyModule | undefined>>

export interface AnyModule {
  readonly parts: Parts
}

/** A function of tensors that owns variables. */
export interface Module<Inputs extends readonly unknown[] = [x: Tensor], Result = Tensor> extends AnyModule {
  (...inputs: Inputs): Result
}

const running: AnyModule[] = []

/** Joins parts and the function that uses them; errors inside say which part of the model they come from. */
export function module<Inputs extends readonly unknown[], Result>(
  parts: Parts,
  forward: (...inputs: Inputs) => Result,
): Module<Inputs, Result> {
  const self: Module<Inputs, Result> = Object.assign(
    (...inputs: Inputs) => {
      const parent = running.at(-1)
      running.push(self)
      try {
        return within(
          () => keyOf(self, parent),
          () => forward(...inputs),
        )
      } finally {
        running.pop()
      }
    },
    { parts },
  )
  return self
}

/** One module after the other, named 0, 1, 2, … as torch.nn.Sequential; `undefined` takes a number and does nothing. */
export function sequential(...modules: readonly (Module | undefined)[]): Module {
  return module(Object.fromEntries(modules.map((m, i) => [`${i}`, m])), (x: Tensor) =>
    modules.reduce((y, m) => (m === undefined ? y : m(y)), x),
  )
}

/** A function without variables, to stand in a `sequential`. */
export const layer = (forward: (x: Tensor) => Tensor): Module => module({}, forward)

/** All variables of a module and its parts, by their full names: 'layer1.0.conv1.weight'. */
export function variablesOf(root: AnyModule, prefix = ''): Map<string, Tensor> {
  const found = new Map<string, Tensor>()
  for (const [key, part] of Object.entries(root.parts)) {
    if (part === undefined) continue
    if ('parts' in part) for (const [name, variable] of variablesOf(part, `${prefix}${key}.`)) found.set(name, variable)
    else found.set(`${prefix}${key}`, part)
  }
  return found
}

function keyOf(self: AnyModule, parent: AnyModule | undefined): string {
  return Object.entries(parent?.parts ?? {}).find(([, part]) => part === self)?.[0] ?? ''
}
