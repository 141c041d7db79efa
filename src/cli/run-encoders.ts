import type { Kind } from '../channels/channel.js'
import type { EncoderDefinition, EncoderInputs } from '../nn/encoder.js'
import { encoderNamed, encoderNames } from '../nn/encoders.js'
import { parameterCount } from '../nn/parameters.js'
import { table } from '../report/table.js'
import { terminal } from './terminal.js'

export interface EncodersOptions {
  /** Of pictures: height and width */
  readonly size: number
  /** Of pictures: colours */
  readonly channels: number
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

/** Says what each encoder is or, by its name, all of one. */
export async function runEncoders(
  name: string | undefined,
  { json, plugin, size, channels }: EncodersOptions,
): Promise<void> {
  const own = plugin === undefined ? [] : await ownEncoders(plugin)
  const all = [...own.map(({ name }) => name), ...encoderNames.map(({ example }) => example)]
  const chosen = (name === undefined ? all : [name]).map(each => encoderNamed(each, own))
  const inputs: Inputs = {
    image: { size, channels },
    audio: { kind: 'audio', rate: RATE, length: RATE },
    text: { kind: 'text', vocabulary: VOCABULARY, length: TOKENS },
  }
  const described = chosen.map(each => describe(each, inputs))
  const text = name === undefined ? list(described, size) : described.map(full).join('\n')
  terminal(json === true).result(name === undefined ? described : described[0], text)
}

/** Numbers a second of the recordings */
const RATE = 16_000
/** Of the text: as the methods that read it have it unless told */
const VOCABULARY = 4096
const TOKENS = 32
/** What the encoders that are built in are told of the data: how large others are depends on more than is told here */
type Inputs = { readonly [K in keyof typeof called]: EncoderInputs[K] }
const called = { image: 'pictures', audio: 'recordings', text: 'text' } as const satisfies Partial<Record<Kind, string>>
const isCalled = (kind: Kind): kind is keyof typeof called => kind in called

interface Described {
  readonly name: string
  readonly reads: keyof typeof called
  readonly description: string
  readonly width: number
  readonly parameters: number
  readonly layers: readonly string[]
  readonly pool: string
  readonly weights: string
}

async function ownEncoders(plugins: readonly string[]): Promise<EncoderDefinition[]> {
  const { loadPlugins } = await import('./plugins.js')
  return (await loadPlugins(plugins)).encoders.filter(({ reads }) => isCalled(reads))
}

function describe({ name, reads, description: own, build }: EncoderDefinition, inputs: Inputs): Described {
  if (!isCalled(reads)) throw new Error(`${name} reads ${reads}, of which nothing is known here`)
  const encoder = build(inputs[reads])
  // the longest name that fits is meant: c4-half, not c4
  const [entry] = encoderNames.filter(e => name.startsWith(e.name)).sort((a, b) => b.name.length - a.name.length)
  const { width, layers, pool } = encoder
  const { description = own ?? '', weights = 'none of others' } = entry ?? {}
  return { name, reads, description, width, parameters: parameterCount(encoder), layers, pool, weights }
}

function list(all: readonly Described[], size: number): string {
  const rows = all.map(e => [e.name, called[e.reads], `${e.width}`, millions(e.parameters), ` ${span(e.layers)}`])
  return [
    table([['encoder', 'of', 'numbers', 'parameters', ' layers'], ...rows]),
    '',
    ...all.map(e => `${e.name}: ${e.description}`),
    '',
    `Pictures are of ${size} px; --encoder NAME of \`lacuna pretrain\` chooses one, of text --set text=NAME, --layer of \`lacuna evaluate\`, \`embed\` and \`export\` a layer of it, and \`lacuna encoders NAME\` says what weights it takes.`,
  ].join('\n')
}

const full = (e: Described): string =>
  [
    `${e.name}  (of ${called[e.reads]}; ${e.description})`,
    `  ${e.width} numbers, ${e.parameters.toLocaleString('en')} parameters`,
    `  layers   ${e.layers.join(', ')}`,
    `  vector   ${vectorOf(e)}`,
    `  weights  --weights takes a run or an export of Lacuna's of the same encoder; of others: ${e.weights.replace(/^none of others$/, 'none')}`,
  ].join('\n')

function vectorOf({ pool, reads }: Described): string {
  if (pool === 'class') return 'the class token; --pool mean takes the mean over the patches'
  if (pool === 'end') return 'what stands at the end token'
  return `the mean over the ${reads === 'audio' ? 'frames' : 'places'} of the last layer`
}

const span = (layers: readonly string[]): string =>
  layers.length > 2 ? `${layers[0]} … ${layers.at(-1)}` : layers.join(', ')

const millions = (count: number): string => `${(count / 1e6).toPrecision(3)} M`
