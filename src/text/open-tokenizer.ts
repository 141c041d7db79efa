import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'
import { LacunaError, messageOf } from '../errors.js'
import type { Tokenizer } from './tokenizer.js'
import type { TokenizerFile } from './tokenizer-file.js'

/** Characters of a text that are looked at for each character that its tokens may have: there may be marks that merge into one */
const MARGIN = 4

/**
 * A tokenizer of a `tokenizer.json`: one that was trained here, or CLIP's own.
 * @param source where it is from, for errors
 * @throws LacunaError when it is none, or has no start and end tokens as CLIP's: the end token the last of the vocabulary
 */
export function openTokenizer(file: TokenizerFile, source = 'tokenizer.json'): Tokenizer {
  const inner = opened(file, source)
  const known = [...inner.get_vocab()]
  const vocabulary = 1 + known.reduce((most, [, id]) => Math.max(most, id), 0)
  const special = new Set(inner.get_added_tokens_decoder().keys())
  const longest = known.reduce((most, [token, id]) => Math.max(most, special.has(id) ? 0 : token.length), 1)
  const names = [...inner.get_added_tokens_decoder().values()].map(({ content }) => content)
  const { ids } = inner.encode('')
  const [start, end] = ids
  if (start === undefined || end === undefined || ids.length !== 2 || end !== vocabulary - 1)
    throw new LacunaError(
      `${source}: around a text a start and an end token are expected, the end token the last of the vocabulary, as CLIP's; it puts ${JSON.stringify(ids)} around, and the last is ${vocabulary - 1}`,
    )
  return {
    vocabulary,
    encode(text, length) {
      const written = inner.encode(beginning(plain(text, names), length * longest * MARGIN), {
        add_special_tokens: false,
      })
      const tokens = new Int32Array(length)
      tokens.set([start, ...written.ids.slice(0, length - 2), end])
      return tokens
    },
    decode(ids) {
      const all = Array.from(ids)
      const last = all.indexOf(end)
      const written = all.slice(0, last < 0 ? undefined : last).filter(id => !special.has(id))
      if (written.length === 0) return ''
      return inner.decode(written, { clean_up_tokenization_spaces: false }).trim()
    },
  }
}

function opened(file: TokenizerFile, source: string): HuggingFace {
  try {
    return new HuggingFace(file, {})
  } catch (error) {
    throw new LacunaError(`${source}: is no tokenizer.json of Hugging Face's format (${messageOf(error)})`)
  }
}

/** The text without the names of special tokens: who writes them does not end a text. */
const plain = (text: string, names: readonly string[]): string =>
  names.reduce((written, name) => (written.includes(name) ? written.replaceAll(name, ' ') : written), text)

/** As much of a long text as its first tokens can be of, up to the end of a word where there is one near. */
function beginning(text: string, most: number): string {
  if (text.length <= most) return text
  const single = text.replace(/\s+/g, ' ')
  const end = single.indexOf(' ', most)
  return end < 0 || end > 16 * most ? single.slice(0, 16 * most) : single.slice(0, end)
}
