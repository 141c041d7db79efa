/** Values of text as it is stored, a byte each: what its vocabulary is before there is a tokenizer. */
export const BYTES = 256

/** Between the texts of one record, of which a batch takes one: the record separator of ASCII, which nobody types. */
const SEPARATOR = '\u001e'

/** The texts of a record: one, or several that say the same thing in other words. White space around them is no part of them. */
export const textsIn = (text: string): string[] =>
  text
    .split(SEPARATOR)
    .map(each => each.trim())
    .filter(each => each !== '')

/** The texts of a file that is the text of a record: one a line. */
export const textsOfFile = (text: string): string[] =>
  text.includes(SEPARATOR) ? textsIn(text) : textsIn(text.split(/\r\n|[\n\r\u2028\u2029]/).join(SEPARATOR))

/** Texts as a file would have them that may go over several lines. */
export const fileOfTexts = (texts: readonly string[]): Uint8Array =>
  new TextEncoder().encode(`${texts.join(SEPARATOR)}${SEPARATOR}`)

/** UTF-8 of all texts of a record. */
export const storedTexts = (texts: readonly string[]): Uint8Array => new TextEncoder().encode(texts.join(SEPARATOR))

/** What was stored, as text again. */
export const textsOfBytes = (bytes: Uint8Array): string[] => textsIn(new TextDecoder().decode(bytes))
