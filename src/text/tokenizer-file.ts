import type { Merge } from './byte-pairs.js'

/** What is known of a `tokenizer.json`, Hugging Face's format, without looking into it. */
export type TokenizerFile = Readonly<Record<string, unknown>>

export const START = '<|startoftext|>'
export const END = '<|endoftext|>'
/** What fills a text up: it has the number 0 */
const PAD = '<|pad|>'

/** The characters that stand for the bytes, as GPT-2's: those that can be seen for themselves, others from 256 on; sorted. */
export const alphabet: readonly string[] = (() => {
  const seen = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => (seen(byte) ? byte : next++))
    .sort((a, b) => a - b)
    .map(code => String.fromCharCode(code))
})()

/**
 * Words begin with their space and keep the marks of their letters, digits stand alone, all else is split off; in a text whose
 * words are one space apart nothing is left over.
 */
const WORD = ' ?\\p{L}[\\p{L}\\p{M}]*| ?\\p{N}| ?[^\\s\\p{L}\\p{N}]+'

/** The same, to find them all in a text that is normalised */
export const words = new RegExp(WORD, 'gu')

/** Tokens of a vocabulary that are no merges */
export const NOT_MERGED = alphabet.length + 3

/**
 * A byte-level `tokenizer.json`. Text is put into lower case and single-spaced, as CLIP does, and nothing else of it is lost.
 *
 * @param merges in the order in which they were learnt; the same symbol may come about in two ways
 */
export function tokenizerFile(merges: readonly Merge[]): TokenizerFile {
  const symbols = new Set([PAD, ...alphabet, ...merges.map(merge => merge.join(''))])
  const vocab = Object.fromEntries([...symbols, START, END].map((symbol, i) => [symbol, i]))
  const special = [PAD, START, END].map(content => ({
    id: vocab[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }))
  const around = [START, 'A', END].map(id =>
    id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } },
  )
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Strip', strip_left: true, strip_right: true },
        { type: 'Lowercase' },
        { type: 'Prepend', prepend: ' ' }, // the first word is the same as elsewhere
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORD }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: around,
      pair: [...around, { Sequence: { id: 'B', type_id: 0 } }, { SpecialToken: { id: END, type_id: 0 } }],
      special_tokens: Object.fromEntries([START, END].map(id => [id, { id, ids: [vocab[id]], tokens: [id] }])),
    },
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  }
}
