import type { SampleKind } from '../data/media.js'

/** What is said of pictures, in the order in which it is looked for, and what of other samples in its place. */
const inPlace: { readonly [K in SampleKind]: readonly (readonly [RegExp, string])[] } = {
  image: [],
  video: [
    [/pictures/g, 'films'],
    [/picture/g, 'film'],
  ],
  audio: [
    [/raw pixels/g, 'log-mel with deltas'],
    [/use larger pictures/g, 'take longer windows'],
    [/, or on wider crops of them/g, ''],
    [/pictures/g, 'recordings'],
    [/picture/g, 'recording'],
  ],
}

/** A sentence of ours about samples, in the words of what they are. */
export const worded = (sentence: string, kind: SampleKind): string =>
  inPlace[kind].reduce((text, [from, to]) => text.replace(from, to), sentence)

/** As it stands at the beginning of a sentence. */
export const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

/** 1 → '1 seed', 1200 → '1,200 seeds' */
export const many = (number: number, one: string): string =>
  `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`
