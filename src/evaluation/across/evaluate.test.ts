import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { image, text } from '../../channels/channel.js'
import { openData } from '../../data/index.js'
import { plain, put, temporaryFolder } from '../../data/testing.js'
import { clipLoss } from '../../losses/clip.js'
import { compared, defineMethod, type Sequence } from '../../methods/method.js'
import { normal } from '../../nn/initial.js'
import { linear } from '../../nn/layers.js'
import { module } from '../../nn/module.js'
import { pretrain } from '../../pretrain.js'
import { variable } from '../../program/trace.js'
import { acrossText } from '../../report/across-lines.js'
import { hitSheet } from '../../report/hits.js'
import { openRun } from '../../runs/run.js'
import { range } from '../../tensor/shape.js'
import { constant, type Tensor } from '../../tensor/tensor.js'
import { toFloat } from '../../views/picture.js'
import { openEncoder } from '../encoder.js'
import { evaluateAcross } from './evaluate.js'
import { search } from './search.js'
import { openShared } from './shared.js'

const colours = { red: [220, 20, 20], green: [20, 200, 20], blue: [30, 30, 230], yellow: [230, 220, 10] } as const
const names = Object.keys(colours) as (keyof typeof colours)[]
const EACH = 12

/** Plain pictures, each a little brighter or darker, called by their colours. */
const files = Object.fromEntries(
  (
    await Promise.all(
      names.flatMap(name =>
        Array.from({ length: EACH }, async (_, i) => {
          const shade = colours[name].map(value => Math.max(0, Math.min(255, value + 3 * i - 15)))
          const folder = `${i % 3 === 0 ? 'test' : 'train'}/${name}`
          return [
            [`${folder}/${i}.png`, await plain(shade)],
            [`${folder}/${i}.txt`, `a ${name} thing ${i}`],
          ] as const
        }),
      ),
    )
  ).flat(),
)

/** Pictures and words in one space: an encoder of pictures, and a vector for each token, averaged. */
const together = defineMethod({
  ...{ name: 'together', shown: 'pictures', hidden: 'their words', paper: 'none' },
  training: { optimiser: 'adamw', learningRate: 0.2, weightDecay: 0, batch: 16 },
  encoder: 'c4-half',
  options: z.strictObject({}).prefault({}),
  reads: { picture: image(), words: text({ tokens: 8, vocabulary: 400 }) },
  build({ makeEncoder, channels }) {
    const { vocabulary } = channels.words
    const visual = makeEncoder('picture')
    const seen = linear(visual.width, 16)
    const weight = variable([vocabulary, 16], normal(1)([vocabulary, 16]))
    const tokens = module({ weight }, (ids: Tensor) => weight.gather(ids))
    const embedPicture = (picture: Tensor) => seen(visual(toFloat(picture)))
    const embedWords = ({ values }: Sequence) => tokens(values).mean(1)
    return {
      kept: { visual },
      heads: { seen, tokens },
      training: compared({
        embed: ({ picture, words }) => ({ first: embedPicture(picture), second: embedWords(words) }),
        compare(pairs) {
          const { loss } = clipLoss(pairs, constant([10], []))
          return { loss, chance: Math.log(pairs.first.size(0)) }
        },
      }),
      shared: { picture: ({ picture }) => embedPicture(picture), words: ({ words }) => embedWords(words) },
      show: ({ picture }) => [{ title: 'shown', kind: 'image', values: toFloat(picture) }],
    }
  },
})

test('what is learnt of colours and their words finds one by the other, names classes, and is searched', async () => {
  const root = put(temporaryFolder(), files)
  const options = { size: 16, cache: temporaryFolder() }
  const pairs = await openData(root, { kinds: ['image', 'text'], ...options })
  const out = join(temporaryFolder(), 'run')
  await pretrain(together, pairs, { out, threads: 1, steps: 150, batch: 16, report: false })
  const run = openRun(out, { methods: [together] })
  const found = await evaluateAcross([run], pairs, { threads: 1 })
  expect(found.channels).toEqual(['picture', 'words'])
  expect(found.pairs).toBe(16)
  const [towards, back, named] = found.tasks
  expect([towards?.name, back?.name, named?.name]).toEqual([
    'picture → words',
    'words → picture',
    'classes by their names',
  ])
  expect(towards?.chance['R@5']).toBeCloseTo(5 / 16, 12)
  expect(towards?.chance['median rank']).toBe(8.5)
  expect(towards?.trained['R@5']?.mean).toBeGreaterThan(0.8) // four of each colour
  expect(back?.trained['median rank']?.mean).toBeLessThan(4)
  expect(towards?.random['R@5']?.mean).toBeLessThan(0.7)
  expect(towards?.plain?.['median rank']?.mean).toBeLessThan(5)
  expect(named?.trained.accuracy?.mean).toBe(1)
  expect(named?.chance).toEqual({ accuracy: 0.25, 'balanced accuracy': 0.25 })
  expect(acrossText(found)).toMatch(/classes by their names +accuracy +balanced accuracy\ntrained +100\.0/)

  // other pairs are searched among, all of them
  const apart = await evaluateAcross([run], pairs, { threads: 1, test: pairs })
  expect(apart.pairs).toBe(pairs.items.length)
  expect(apart.notes).toEqual([expect.stringContaining('searched is among those of')])
  expect(apart.tasks[0]?.trained['R@5']?.mean).toBeLessThan(towards?.trained['R@5']?.mean ?? 0) // among more

  // search reads pictures alone
  const alone = await openData(root, { kinds: ['image'], ...options })
  // pictures alone have no words to be found by, but their classes have names
  const told = await evaluateAcross([run], alone, { threads: 1 })
  expect(told.channels).toEqual(['picture'])
  expect(told.tasks.map(({ name, trained }) => [name, trained.accuracy?.mean])).toEqual([['classes by their names', 1]])
  expect(acrossText(told)).toMatch(/\n16 held out; mean ± sd over 1 run\. By chance/)
  const shades = await Promise.all(
    range(15)
      .map(red => 16 * red)
      .map(red => plain([red, 9, 9])),
  )
  const unlabelled = put(temporaryFolder(), Object.fromEntries(shades.map((shade, i) => [`${i}.png`, shade])))
  const unnamed = await openData(unlabelled, { kinds: ['image'], ...options })
  await expect(evaluateAcross([run], unnamed, { threads: 1 })).rejects.toThrow(
    /of what together compares it has picture alone, and no two classes to tell by their names; give pairs, or labels$/,
  )

  const hits = await search(run, alone, { text: 'a blue thing' }, { threads: 1, count: 6 })
  expect(hits.map(({ name }) => name.split('/')[1])).toEqual(Array(6).fill('blue'))
  expect(hits.every(({ cosine }, i) => i === 0 || cosine <= (hits[i - 1]?.cosine ?? 0))).toBe(true)
  const file = join(temporaryFolder(), 'green.png')
  writeFileSync(file, await plain([30, 190, 30]))
  const like = await search(run, alone, { image: file }, { threads: 1, count: 4 })
  expect(like.map(({ name }) => name.split('/')[1])).toEqual(Array(4).fill('green'))
  expect(
    Buffer.from(await hitSheet(alone, hits, 'blue'))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')

  // what lies there twice is found once
  const blue = readFileSync(join(root, hits[0]?.name ?? ''))
  const twice = put(temporaryFolder(), { 'a.png': blue, 'b.png': blue, 'c.png': readFileSync(file) })
  const once = await search(
    run,
    await openData(twice, { kinds: ['image'], ...options }),
    { text: 'a blue thing' },
    { threads: 1 },
  )
  expect(once.map(({ name }) => name)).toEqual(['a.png', 'c.png'])

  // texts by themselves, and as data, are the same vectors
  const space = await openShared(run, { threads: 1 })
  try {
    const texts = await openData(root, { kinds: ['text'], cache: options.cache })
    const asData = await space.embed(texts, 'words')
    const asTexts = await space.embedTexts(texts.items.map((_, i) => texts.textsOf('text', i)[0] ?? ''))
    expect(asTexts.values).toEqual(asData.values)
  } finally {
    await space.close()
  }
})

test('a run that compares no channels says so; a picture finds its like by it', async () => {
  const root = put(temporaryFolder(), files)
  const pictures = await openData(root, { kinds: ['image'], size: 16, cache: temporaryFolder() })
  const out = join(temporaryFolder(), 'run')
  await pretrain('rotation', pictures, { out, threads: 1, steps: 2, batch: 8, report: false })
  const run = openRun(out)
  await expect(search(run, pictures, { text: 'red' }, { threads: 1 })).rejects.toThrow(
    'rotation has learnt nothing of words; take a run of clip or siglip, or give --image',
  )
  await expect(evaluateAcross([run], pictures)).rejects.toThrow('rotation compares no channels with each other')
  await expect(openShared(run).then(space => space.embed(pictures, 'image'))).rejects.toThrow(
    'rotation puts no channel into a space that channels share, not image; choose a run',
  )
  const file = join(root, 'train/red/1.png')
  const [first] = await search(run, pictures, { image: file }, { threads: 1 })
  expect(first?.cosine).toBeCloseTo(1, 5)
  const encoder = await openEncoder(run, { threads: 1 })
  await encoder.close()
})
