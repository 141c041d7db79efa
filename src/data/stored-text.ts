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

/** As one text, for what reads files. */
export const joinedTexts = (texts: readonly string[]): string => texts.join(SEPARATOR)

/** UTF-8 of all texts of a record. */
export const storedTexts = (texts: readonly string[]): Uint8Array => new TextEncoder().encode(joinedTexts(texts))

/** What was stored, as text again. */
export const textsOfBytes = (bytes: Uint8Array): string[] => textsIn(new TextDecoder().decode(bytes))
