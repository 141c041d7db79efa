import { parseOptions } from '../assembly/assemble.js'
import { nameFor } from '../channels/bound.js'
import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { Method } from '../methods/method.js'
import { type KeptTokenizer, keptTokenizer, tokenizerAt } from '../runs/tokenizer.js'
import { trainTokenizer } from '../text/train-tokenizer.js'

/** Numbers of a vocabulary that is learnt, where a method asks for no other: what some thousand captions bear */
const VOCABULARY = 4096

/**
 * The tokenizer of a training on text: the one that is given, else one that is learnt from all texts that it trains on.
 *
 * @param part to train on
 * @param path of a `tokenizer.json`, or of a run
 * @returns undefined where the method reads no text
 * @throws LacunaError where the texts are all the same, the data has none, or the file is no tokenizer
 */
export function tokenizerFor(
  method: Method,
  options: Readonly<Record<string, unknown>>,
  part: SampleSet,
  path: string | undefined,
): KeptTokenizer | undefined {
  const reads = Object.entries(method.reads(parseOptions(method, options)))
  const wanted = reads.flatMap(([name, read]) => (read.kind === 'text' ? [{ name, ...read }] : []))
  if (wanted.length === 0) {
    if (path !== undefined)
      throw new LacunaError(`--tokenizer is given, and ${method.name} reads no text; leave it away`, 2)
    return undefined
  }
  if (path !== undefined) return tokenizerAt(path)
  const channels = new Set(wanted.map(({ name }) => nameFor(name, 'text', part.channels)))
  const vocabulary = Math.max(...wanted.map(({ vocabulary = VOCABULARY }) => vocabulary))
  const texts = [...channels].flatMap(channel => part.items.flatMap((_, position) => part.textsOf(channel, position)))
  if (texts.length > 1 && new Set(texts).size === 1)
    throw new LacunaError(
      `${part.source}: all ${texts.length} texts are the same (${shortened(texts[0])}): there is nothing to learn from them; give texts that differ`,
    )
  return keptTokenizer(trainTokenizer(texts, vocabulary))
}

const shortened = (text = '') => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
