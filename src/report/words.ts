import type { Medium } from '../data/media.js'

/** What is said of pictures, in the order in which it is looked for, and what of recordings in its place. */
const ofRecordings: readonly (readonly [RegExp, string])[] = [
  [/raw pixels/g, 'log-mel with deltas'],
  [/use larger pictures/g, 'take longer windows'],
  [/, or on wider crops of them/g, ''],
  [/pictures/g, 'recordings'],
  [/picture/g, 'recording'],
]

/** A sentence of ours about samples, in the words of what they are. */
export const worded = (sentence: string, medium: Medium): string =>
  medium === 'image' ? sentence : ofRecordings.reduce((text, [from, to]) => text.replace(from, to), sentence)
