/**
 * What makes numbers of a text, as a program is given it, and text of numbers. It belongs to a run, not to the data: a store keeps
 * text as UTF-8, and tokens are made of it when a batch is gathered.
 *
 * - A set as opened has a channel `{ kind: 'text', vocabulary: 256, length }`: the bytes of the text themselves, `length` those of
 *   the longest record. `set.textsOf('text', position)` gives the texts of a record.
 * - `tokenised(set, tokenizer)`, or `set.as(channels, tokenizer)`, is the same set with tokens in place of bytes: its text channels
 *   have the vocabulary of the tokenizer, and `gather` gives values int [N, length] and lengths int [N]. What lies after a text is
 *   zeros; 0 is a token as well, so that the lengths tell the end: the last token that is there is the end token.
 * - A method asks for `text({ tokens: 32 })` and is built for a channel `{ kind: 'text', vocabulary, length: 32 }`. The training
 *   makes the tokenizer of the texts that it trains on, before `prepare`, or takes the one that it is given; `tokenizer.json` in
 *   the folder of the run has it from then on, and `openRun(…).tokenizer()` gives it back.
 * - A record may have several texts that say the same in other words. Where places are drawn, one of them is drawn too, by (seed,
 *   step); where they are not, the first is taken.
 */
export interface Tokenizer {
  /** Numbers that there are: each is of 0 … vocabulary − 1. The end token is the last of them. */
  readonly vocabulary: number
  /**
   * A text as it is given to a program: the start token, what is written, the end token, then zeros. What is too long is cut
   * before the end token.
   * @param length of the result, at least 2
   */
  encode(text: string, length: number): Int32Array
  /** What is written, as far as the end token: in lower case and single-spaced, as it was learnt. */
  decode(ids: ArrayLike<number>): string
}
