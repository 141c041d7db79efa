import type { Experiment } from './experiments.js'
import { onSentences } from './speech-experiments.js'

interface Compared extends Experiment {
  /** 3,000 unless told */
  readonly steps?: number
}

/** Trainings that are done with their products in fp32 and in int8, to be compared: of transformers and of convolutions. */
const compared: readonly Compared[] = [
  {
    ...{ name: 'simclr-fashion-vit', method: 'simclr', on: 'fashion', score: '--labels 10,50 --labelled 6000' },
    train:
      '--encoder vit:dim=192,depth=6,heads=3,patch=7,class=false --batch 32 --set temperature=0.2 --set views.crop=[0.3,1]',
    seeds: [0, 1, 2, 3, 4, 5], // probes of few labels differ by as much from training to training
  },
  {
    ...{ name: 'mae-fashion-vit', method: 'mae', on: 'fashion', score: '--labels 10,50 --labelled 6000' },
    train: '--encoder vit:dim=192,depth=4,heads=3,patch=4 --batch 32 --lr 2e-3',
    seeds: [0, 1, 2, 3, 4, 5], // what its loss and kNN differ by is near what they do from training to training
  },
  {
    ...{ name: 'simclr-fashion-c4', method: 'simclr', on: 'fashion', score: '--labels 10,50 --labelled 6000' },
    train: '--encoder c4 --batch 32 --set temperature=0.2 --set views.crop=[0.3,1]',
    seeds: [0, 1, 2],
  },
  {
    ...{ name: 'simclr-fashion-resnet18', method: 'simclr', on: 'fashion', score: '--labels 10,50 --labelled 6000' },
    train: '--encoder resnet18 --batch 32 --set temperature=0.2 --set views.crop=[0.3,1]',
    seeds: [0, 1, 2],
    steps: 1000, // of 14 minutes for a core
  },
  {
    ...{ name: 'clip-clipart-vit', method: 'clip', on: 'clipart', score: '' },
    train: '--encoder vit:dim=192,depth=4,heads=3,patch=8 --size 32 --batch 64 --set tokens=24',
    seeds: [0, 1, 2],
  },
  {
    ...{ name: 'hubert-sentences-narrow', method: 'hubert', ...onSentences },
    train: '--encoder log-mel:dim=192,depth=3,heads=3,stack=4 --batch 24',
  },
]

/** How many steps decide whether rounding adds up */
const STEPS = 3000

/** The two of each, side by side. */
export const productsPairs = compared.map(one => ({ fp32: by(one, 'fp32'), int8: by(one, 'int8') }))

export const productsExperiments = productsPairs.flatMap(({ fp32, int8 }) => [fp32, int8])

function by({ steps = STEPS, ...one }: Compared, products: 'fp32' | 'int8'): Experiment {
  const train = `${one.train} --steps ${steps} --products ${products}`
  return { ...one, name: `${one.name}-${products}`, train, products }
}
