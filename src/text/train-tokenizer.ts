import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'
import { LacunaError } from '../errors.js'
import { bytePairs } from './byte-pairs.js'
import { alphabet, NOT_MERGED, type TokenizerFile, tokenizerFile, words } from './tokenizer-file.js'

/** Characters of a word that are learnt from: no language has longer ones, what is pasted into a caption has */
const LONGEST = 256

/**
 * Learns the vocabulary of some texts: a `tokenizer.json`, the same for the same texts in any order.
 *
 * @param texts such as all captions to train on
 * @param vocabulary numbers that there are to be; fewer where no pair of symbols occurs twice any more
 * @throws LacunaError (wrong usage) when not even the bytes and the special tokens fit into the vocabulary
 */
export function trainTokenizer(texts: Iterable<string>, vocabulary: number): TokenizerFile {
  if (!(vocabulary >= NOT_MERGED))
    throw new LacunaError(
      `a vocabulary of ${vocabulary}: the 256 bytes and the special tokens alone are ${NOT_MERGED}; choose that or more`,
      2,
    )
  const { normalizer, pre_tokenizer } = new HuggingFace(tokenizerFile([]), {})
  const counts = new Map<string, number>()
  for (const text of texts)
    for (const word of normalizer?.(text).match(words) ?? []) {
      const known = word.slice(0, LONGEST)
      counts.set(known, (counts.get(known) ?? 0) + 1)
    }
  const inBytes = new Map([...counts].map(([word, count]) => [pre_tokenizer?.(word).join('') ?? word, count]))
  return tokenizerFile(bytePairs(inBytes, alphabet, vocabulary - NOT_MERGED))
}
