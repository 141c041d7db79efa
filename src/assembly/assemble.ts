import { z } from 'zod'
import { channelsFor, seenAs } from '../channels/bound.js'
import type { Channel, Channels, Kind, Reads } from '../channels/channel.js'
import { ofAnotherCopy } from '../definition.js'
import { LacunaError, parsedBy } from '../errors.js'
import type { BuildContext, Learner, Method } from '../methods/method.js'
import type { EncoderDefinition, EncoderInputs } from '../nn/encoder.js'
import { module, variablesOf } from '../nn/module.js'
import { Tensor } from '../tensor/tensor.js'
import type { RunConfig } from './config.js'
import { checkedLearner, within } from './learner.js'

/** What the names in a configuration stand for. */
export interface Definitions {
  readonly method: Method
  readonly encoder: EncoderDefinition
}

/** A method built for one run, with the name of every variable. */
export interface Assembly {
  readonly method: Method
  readonly learner: Learner
  readonly channels: Channels
  readonly names: ReadonlyMap<Tensor, string>
}

export type AssemblyConfig = Pick<RunConfig, 'options' | 'prepared' | 'channels'>

/** @throws LacunaError (wrong usage) for unknown options, or an encoder that does not fit the method or the pictures */
export function assemble(config: AssemblyConfig, { method, encoder }: Definitions): Assembly {
  const options = parseOptions(method, config.options)
  const channels = channelsFor(method.reads(options), config.channels)
  const built: unknown = within(method, 'build', () =>
    method.build({
      options,
      prepared: config.prepared,
      channels,
      makeEncoder: encoderMaker(method.name, encoder, channels),
    }),
  )
  const learner = checkedLearner(method, built)
  const names = variablesNamed(learner)
  for (const [variable, name] of names)
    if (!(variable instanceof Tensor)) throw ofAnotherCopy(`the method ${method.name}: its variable ${name}`)
  return { method, learner, channels, names }
}

/** Makes the encoder that was chosen, for a channel of those that a method reads. */
export const encoderMaker =
  (
    method: string,
    encoder: EncoderDefinition,
    channels: Channels,
  ): BuildContext<Reads, unknown, unknown>['makeEncoder'] =>
  (name, over) => {
    const channel = channels[name]
    if (channel === undefined)
      throw new Error(`makeEncoder('${name}'): it reads ${Object.keys(channels).join(', ') || 'nothing'}`)
    const seen = seenAs(encoder.reads, channel)
    if (seen.kind !== encoder.reads)
      throw new LacunaError(
        `${method} wants an encoder for ${channel.kind}, and ${encoder.name} is one for ${encoder.reads}; choose another --encoder`,
        2,
      )
    return encoder.build({ ...inputOf(seen), ...over } as EncoderInputs[Kind])
  }

/** A channel as its encoder is told of it. */
const inputOf = (channel: Channel): EncoderInputs[Kind] =>
  channel.kind === 'image' ? { size: channel.size, channels: channel.colours } : channel

/** Every variable of a learner, those that it throws away too. */
export function variablesNamed({ kept, heads, teachers = {} }: Learner): ReadonlyMap<Tensor, string> {
  const following = Object.entries(teachers).map(([name, { teacher }]) => [name, teacher] as const)
  const root = module({ ...kept, ...heads, ...Object.fromEntries(following) }, () => undefined)
  return new Map([...variablesOf(root)].map(([name, variable]) => [variable, name]))
}

/** All options of a method, with defaults where none are given. */
export function parseOptions(method: Method, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { data, problem } = parsedBy(method.options, options)
  if (problem === undefined) return z.record(z.string(), z.unknown()).parse(data)
  throw new LacunaError(`options of ${method.name}: ${problem}; \`lacuna methods ${method.name}\` lists them`, 2)
}

/** The kinds of data that a method reads with such options. */
export const kindsOf = (method: Method, options: Readonly<Record<string, unknown>> = {}): Kind[] =>
  Object.values(method.reads(parseOptions(method, options))).map(({ kind }) => kind)
