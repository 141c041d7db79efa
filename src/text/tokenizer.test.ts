import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openTokenizer } from './open-tokenizer.js'
import { clipReference, clipTokenizerFile, scripts } from './testing.js'
import { tokenizerFile } from './tokenizer-file.js'
import { trainTokenizer } from './train-tokenizer.js'

/**
 * Of the package tokenizers 0.23 of Hugging Face: the merges that its BpeTrainer learns from the sentences of `scripts`, each twice,
 * with `vocab_size` 598, `min_frequency` 2, the token `<|pad|>` and all bytes for an alphabet; and the numbers that it encodes
 * them as, by the file that was trained here and by CLIP's own.
 */
const figures: Readonly<Record<'merges', readonly string[]> & Record<'ids' | 'clip', readonly (readonly number[])[]>> =
  JSON.parse(readFileSync(new URL('fixtures/tokenizers.json', import.meta.url), 'utf8'))
const trained = trainTokenizer([...scripts, ...scripts], 600)

/** What a tokenizer keeps of a text. */
const kept = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()

describe('as the tokenizers of Hugging Face', () => {
  test('the same merges in the same order', () => {
    const { merges } = trained.model as { readonly merges: readonly (readonly [string, string])[] }
    expect(merges.map(merge => merge.join(' '))).toEqual(figures.merges)
  })

  test('the same numbers', () => {
    const tokenizer = openTokenizer(trained)
    expect(tokenizer.vocabulary).toBe(600)
    for (const [i, text] of scripts.entries()) {
      const ids = figures.ids[i] ?? []
      expect([...tokenizer.encode(text, ids.length)]).toEqual(ids)
    }
  })
})

describe('there and back', () => {
  test('in 25 scripts and of pictures, and with bytes alone', () => {
    for (const tokenizer of [openTokenizer(trained), openTokenizer(tokenizerFile([]))])
      for (const text of scripts) expect(tokenizer.decode(tokenizer.encode(text, 300))).toBe(kept(text))
  })

  test('whatever is written', () => {
    const tokenizer = openTokenizer(trained)
    const check = (text: string) => {
      expect(tokenizer.decode(tokenizer.encode(text, 600))).toBe(kept(text))
    }
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), check))
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), check))
  })
})

describe('the numbers of a text', () => {
  const tokenizer = openTokenizer(trained)
  const [start, end] = [598, 599]

  test('start, text, end, zeros; of an empty one both ends', () => {
    expect([...tokenizer.encode('', 4)]).toEqual([start, end, 0, 0])
    const ids = [...tokenizer.encode('a red car', 20)]
    expect(ids.indexOf(end)).toBeGreaterThan(1)
    expect(ids.slice(ids.indexOf(end) + 1).every(id => id === 0)).toBe(true)
  })

  test('too long a text keeps its first tokens and the end', () => {
    const whole = tokenizer.encode(scripts.join(' '), 2000)
    const cut = tokenizer.encode(scripts.join(' '), 32)
    expect([...cut]).toEqual([...whole.slice(0, 31), end])
  })

  test('of 10,000 words as of their first ones', () => {
    const words = Array.from({ length: 10_000 }, (_, i) => `${scripts[0]} ${i}`).join('  ')
    expect(tokenizer.encode(words, 77)).toEqual(tokenizer.encode(words.slice(0, 20_000), 77))
    expect(tokenizer.encode('x'.repeat(1e6), 77)[76]).toBe(end)
  })

  test('who writes a special token does not end the text', () => {
    expect(tokenizer.decode(tokenizer.encode('red <|endoftext|> car<|pad|>', 30))).toBe('red car')
  })
})

describe('training', () => {
  test('the order of the texts does not matter', () => {
    expect(trainTokenizer([...scripts, ...scripts].reverse(), 600)).toEqual(trained)
  })

  test('texts that are all equal become one word each; texts of nothing and none at all are bytes', () => {
    const tokenizer = openTokenizer(trainTokenizer(Array<string>(500).fill('a red car'), 4096))
    expect(tokenizer.encode('a red car', 8).indexOf(tokenizer.vocabulary - 1)).toBe(4) // start, a, red, car
    expect(openTokenizer(trainTokenizer(['', ' '], 4096)).vocabulary).toBe(259)
    expect(openTokenizer(trainTokenizer([], 4096)).vocabulary).toBe(259)
  })

  test('a pair that occurs once is none', () => {
    expect(trainTokenizer(['abc'], 4096)).toEqual(tokenizerFile([]))
    expect(trainTokenizer(['abc', 'xbc'], 4096)).toEqual(tokenizerFile([['b', 'c']]))
  })

  test('a pasted word of 100,000 letters is learnt from at its beginning', () => {
    const { model } = trainTokenizer(['ab'.repeat(50_000), 'red red'], 4096)
    expect((model as { merges: string[][] }).merges[0]).toEqual(['a', 'b'])
  })

  test('a vocabulary without room for the bytes', () => {
    expect(() => trainTokenizer(['a'], 258)).toThrow(
      'a vocabulary of 258: the 256 bytes and the special tokens alone are 259; choose that or more',
    )
  })
})

test('what is no tokenizer says so', () => {
  expect(() => openTokenizer({ model: 1 }, 'x.json')).toThrow(/^x.json: is no tokenizer.json of Hugging Face's format/)
  const { post_processor: _, ...bare } = trained
  expect(() => openTokenizer({ ...bare, post_processor: null }, 'x.json')).toThrow(/^x.json: around a text a start/)
})

describe("CLIP's own vocabulary", () => {
  const tokenizer = openTokenizer(clipTokenizerFile())

  test('encodes as CLIP does', () => {
    expect(tokenizer.vocabulary).toBe(49408)
    const reference = clipReference()
    const texts = [
      "It's a PHOTO of 2 dogs!!",
      'they said:  (red, 1984) #1 & co.',
      'x'.repeat(300),
      'Zwitterions; re-read.',
      '',
    ]
    for (const text of texts) {
      const ids = reference.encode(text)
      expect([...tokenizer.encode(text, ids.length + 2)]).toEqual([49406, ...ids, 49407])
    }
    expect(tokenizer.decode(tokenizer.encode('a photo of a cat', 77))).toBe('a photo of a cat')
  })

  test('in all scripts as the tokenizers of Hugging Face', () => {
    for (const [i, text] of scripts.entries()) {
      const ids = figures.clip[i] ?? []
      expect([...tokenizer.encode(text, ids.length)]).toEqual(ids)
    }
  })
})
