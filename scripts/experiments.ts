import { existsSync } from 'node:fs'
import { emojiFolder } from './emoji.js'
import { filmExperiments } from './film-experiments.js'
import { productsExperiments } from './products-experiments.js'
import { speechExperiments } from './speech-experiments.js'

/** What `npm run results` measures. */
export interface Experiment {
  /** Of its record in `docs/results` and of its folder in `runs/results` */
  readonly name: string
  readonly method: string
  readonly on: keyof typeof sources
  /** Options of `lacuna pretrain` */
  readonly train: string
  /** Options of `lacuna evaluate`, none where it is empty; without, only the task itself is measured */
  readonly score?: string
  /** What the encoder is asked on other data than it was trained on */
  readonly tasks?: readonly Task[]
  readonly seeds: readonly number[]
  /** The experiment that this is another budget or recipe for: shown below it, as tried */
  readonly insteadOf?: string
  /** The experiment whose encoder, of the same seed, it begins with: trained before it where it is not there */
  readonly after?: string
  /** One of two that differ in this alone and are compared in `docs/performance.md`, with no part in the page of results */
  readonly products?: 'fp32' | 'int8'
  /** Why it is done in this way, where that is not as the method has it */
  readonly recipe?: string
}

/** A question to an encoder, and the labelled data that it is asked on. */
export interface Task {
  readonly title: string
  readonly path: string
  /** Options of `lacuna evaluate` */
  readonly score: string
}

export const sources = {
  fashion: {
    title: 'Fashion-MNIST',
    path: process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist',
    from: "Debian's dataset-fashion-mnist, or FASHION_MNIST=folder",
  },
  emoji: { title: 'emoji', path: 'runs/quickstart-data', from: 'the package emoji-datasource-google, by npm ci' },
  clipart: { title: 'clip art', path: 'runs/openclipart', from: 'npm run captions' },
  photos: { title: 'photos', path: 'runs/photos', from: 'npm run photos' },
  bouncing: { title: 'bouncing shapes', path: 'runs/films/bouncing', from: 'npm run films' },
  vtest: { title: 'a square', path: 'runs/films/vtest.avi', from: 'npm run films' },
  mire: { title: 'a target', path: 'runs/films/mire-2', from: 'npm run films' },
  cube: { title: 'a cube', path: 'runs/films/cube', from: 'npm run films' },
  shapes: { title: 'sounding shapes', path: 'runs/sounds/shapes', from: 'npm run sounds' },
  qabcs: { title: 'drawings with noises', path: 'runs/sounds/qabcs', from: 'npm run sounds' },
  sentences: { title: 'read sentences', path: 'runs/recordings/phone', from: 'npm run recordings' },
  recordings: { title: 'speech', path: 'runs/recordings/pretrain', from: 'npm run recordings' },
} as const

/** What the page calls it: by its method, and what went before. */
export const headingOf = (experiment: Pick<Experiment, 'method' | 'on' | 'after'>): string =>
  `${nameOf(experiment)} on ${sources[experiment.on].title}`

export const nameOf = (experiment: Pick<Experiment, 'method' | 'after'>): string => {
  const first = firstOf(experiment)
  return first === undefined ? experiment.method : `${experiment.method} after ${first.method}`
}

/** What an experiment begins with, where it does. */
export const firstOf = ({ after }: Pick<Experiment, 'after'>): Experiment | undefined =>
  experiments.find(({ name }) => name === after)

/** @throws Error when the data is not there, saying what they come from; the emoji are made from their package */
export function checkSource(on: keyof typeof sources): void {
  const { path, from } = sources[on]
  if (on === 'emoji') emojiFolder(path)
  else if (!existsSync(path)) throw new Error(`${path} is not there; it comes from ${from}`)
}

const seeds = [0, 1, 2]
const halfWidth = '--encoder c4-half --lr 8e-3'
const onEmoji = { on: 'emoji', seeds, score: '--labels 10,all' } as const
const onFashion = { on: 'fashion', seeds, score: '--labels 10,50 --labelled 6000' } as const
/** Names of emoji are short: 16 tokens hold them. */
const named = {
  train: `${halfWidth} --size 32 --batch 64 --steps 1000 --weight-decay 1 --set tokens=16 --set text=text:dim=64,depth=1,heads=2 --set crop=[0.3,1]`,
  recipe:
    'There are some thousand names: a small encoder of text, weights that decay fast and smaller squares keep them from being learnt by heart',
}
const onClipArt = { on: 'clipart', seeds, score: '' } as const
const onPhotos = { on: 'photos', seeds: [0] } as const

/** Patches without their colours tell other places apart than categories of emoji, most of which have colours of their own. */
const coloursKept =
  'Emoji have no fringes of a lens that would give the answer away, so that colours, which tell many of their categories apart, are kept'

export const experiments: readonly Experiment[] = [
  {
    ...onEmoji,
    name: 'simclr-emoji',
    method: 'simclr',
    train: `${halfWidth} --size 32 --batch 64 --steps 1200 --set temperature=0.2 --set views.crop=[0.3,1]`,
  },
  {
    ...onFashion,
    name: 'simclr-fashion',
    method: 'simclr',
    train: `${halfWidth} --batch 64 --steps 600 --set temperature=0.2 --set views.crop=[0.3,1]`,
  },
  { ...onEmoji, name: 'rotation-emoji', method: 'rotation', train: `${halfWidth} --size 32 --batch 32 --steps 800` },
  { ...onFashion, name: 'rotation-fashion', method: 'rotation', train: `${halfWidth} --batch 32 --steps 400` },
  { ...onPhotos, name: 'rotation-photos', method: 'rotation', train: `${halfWidth} --size 64 --batch 32 --steps 400` },
  {
    ...onEmoji,
    name: 'colorization-emoji',
    method: 'colorization',
    train: `${halfWidth} --size 32 --batch 64 --steps 600`,
    score: `${onEmoji.score} --layer conv3`,
    recipe: "The last layer is the task's own, so that the vectors are those of the third",
  },
  {
    ...onPhotos,
    name: 'colorization-photos',
    method: 'colorization',
    train: `${halfWidth} --size 64 --batch 64 --steps 250 --weight-decay 0.1 --set lambda=1 --set temperature=0.2 --set views.crop=[0.1,1]`,
    recipe: 'Rare colours are not lifted, and weights decay faster: the photos are few',
  },
  { ...onEmoji, name: 'mae-emoji', method: 'mae', train: '--lr 4e-3 --size 32 --batch 64 --steps 2500' },
  { ...onFashion, name: 'mae-fashion', method: 'mae', train: '--lr 4e-3 --batch 64 --steps 1500' },
  {
    ...onPhotos,
    name: 'mae-photos',
    method: 'mae',
    train: '--lr 2e-3 --encoder vit-mini/8 --size 64 --batch 64 --steps 1400',
  },
  {
    ...onEmoji,
    name: 'relative-position-emoji',
    method: 'relative-position',
    train: `${halfWidth} --size 32 --batch 32 --steps 3000 --set colour=keep`,
    recipe: coloursKept,
  },
  {
    ...onFashion,
    name: 'relative-position-fashion',
    method: 'relative-position',
    train: `${halfWidth} --batch 32 --steps 1200`,
  },
  {
    ...onPhotos,
    name: 'relative-position-photos',
    method: 'relative-position',
    train: `${halfWidth} --size 64 --batch 32 --steps 600`,
  },
  {
    ...onEmoji,
    name: 'jigsaw-emoji',
    method: 'jigsaw',
    train: `${halfWidth} --size 32 --batch 32 --steps 1500 --set shift=0 --set greyscale=0`,
    recipe: coloursKept,
  },
  { ...onFashion, name: 'jigsaw-fashion', method: 'jigsaw', train: `${halfWidth} --batch 32 --steps 1200` },
  { ...onPhotos, name: 'jigsaw-photos', method: 'jigsaw', train: `${halfWidth} --size 64 --batch 32 --steps 900` },
  {
    ...onEmoji,
    name: 'context-encoder-emoji',
    method: 'context-encoder',
    train: `${halfWidth} --size 32 --channels 1 --batch 64 --steps 3000`,
    recipe:
      'In grey: the colours of emoji tell many categories apart, and are easily guessed from what is around a hole',
  },
  {
    ...onEmoji,
    name: 'context-encoder-emoji-colour',
    method: 'context-encoder',
    train: `${halfWidth} --size 32 --batch 64 --steps 800`,
    insteadOf: 'context-encoder-emoji',
  },
  {
    ...onEmoji,
    name: 'context-encoder-emoji-colour-longer',
    method: 'context-encoder',
    train: `${halfWidth} --size 32 --batch 64 --steps 3000`,
    insteadOf: 'context-encoder-emoji',
  },
  {
    ...onFashion,
    name: 'context-encoder-fashion',
    method: 'context-encoder',
    train: `${halfWidth} --batch 64 --steps 500`,
  },
  {
    ...onPhotos,
    name: 'context-encoder-photos',
    method: 'context-encoder',
    train: `${halfWidth} --size 64 --batch 64 --steps 2000 --set hole=centre --set area=0.5 --set overlapWeight=1 --set bottleneck=512 --set views.crop=[0.4,1]`,
    recipe: 'One large hole in the middle, as the paper has it for pictures to look at',
  },
  {
    ...onEmoji,
    name: 'cpc-image-emoji',
    method: 'cpc-image',
    train: '--encoder c4-half-gn --size 32 --batch 32 --steps 1200',
  },
  {
    ...onPhotos,
    name: 'cpc-image-photos',
    method: 'cpc-image',
    train: '--encoder c4-half-gn --size 64 --batch 16 --steps 600',
  },
  { ...onEmoji, ...named, name: 'siglip-emoji', method: 'siglip' },
  { ...onEmoji, ...named, name: 'clip-emoji', method: 'clip' },
  {
    ...onClipArt,
    name: 'siglip-clipart',
    method: 'siglip',
    train: `${halfWidth} --size 32 --batch 128 --steps 1500 --set tokens=24`,
  },
  {
    ...onClipArt,
    name: 'clip-clipart',
    method: 'clip',
    train: `${halfWidth} --size 32 --batch 128 --steps 1500 --set tokens=24`,
  },
  {
    ...onClipArt,
    name: 'simclr-clipart',
    method: 'simclr',
    train: `${halfWidth} --size 32 --batch 128 --steps 1500 --set temperature=0.2 --set views.crop=[0.3,1]`,
  },
  {
    ...onClipArt,
    name: 'clip-clipart-after-simclr',
    method: 'clip',
    after: 'simclr-clipart',
    train: `${halfWidth} --size 32 --batch 128 --steps 1500 --set tokens=24 --set image=frozen`,
    recipe: 'The encoder of pictures is that of SimCLR and stays so (LiT): texts learn to fit what it says',
  },
  ...filmExperiments,
  ...speechExperiments,
  ...productsExperiments,
]
