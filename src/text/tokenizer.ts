/** What makes numbers of a text, as a program is given it, and text of numbers. */
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
