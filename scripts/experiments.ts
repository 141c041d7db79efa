/** What `npm run results` measures. */
export interface Experiment {
  /** Its folder in `runs/results` */
  readonly name: string
  readonly method: string
  readonly on: keyof typeof sources
  /** Options of `lacuna pretrain` */
  readonly train: string
  /** Options of `lacuna evaluate`; without, only the task itself is measured */
  readonly score?: string
  readonly seeds: readonly number[]
}

export const sources = {
  fashion: {
    title: 'Fashion-MNIST',
    path: process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist',
    from: "Debian's dataset-fashion-mnist, or FASHION_MNIST=folder",
  },
  emoji: { title: 'emoji', path: 'runs/quickstart-data', from: 'npm run quickstart' },
  photos: { title: 'photos', path: 'runs/photos', from: 'npm run photos' },
} as const

const seeds = [0, 1, 2]
const FEW = '--labels 10,50 --labelled 6000'

/** Task and representation of every proxy task, at a minute or two a training. */
const tasks: readonly { readonly method: string; readonly train: string; readonly grey: boolean }[] = [
  { method: 'colorization', train: '--encoder c4-half --batch 64 --lr 4e-3', grey: false },
  { method: 'context-encoder', train: '--encoder c4-half --batch 64 --lr 4e-3', grey: true },
  { method: 'mae', train: '--batch 64 --lr 4e-3', grey: true },
  { method: 'relative-position', train: '--encoder c4-half --batch 32 --lr 8e-3', grey: true },
  { method: 'jigsaw', train: '--encoder c4-half --batch 32 --lr 8e-3', grey: true },
  { method: 'rotation', train: '--encoder c4-half --batch 32 --lr 8e-3', grey: true },
]

export const experiments: readonly Experiment[] = [
  {
    name: 'simclr-fashion',
    method: 'simclr',
    on: 'fashion',
    train: '--encoder c4 --steps 3600 --batch 64 --lr 4e-3 --set temperature=0.2 --set views.crop=[0.3,1]',
    score: '--labels 10,100',
    seeds,
  },
  ...tasks.flatMap(({ method, train, grey }): Experiment[] => [
    { name: `${method}-photos`, method, on: 'photos', train: `${train} --size 64 --steps 300`, seeds: [0] },
    {
      name: `${method}-emoji`,
      method,
      on: 'emoji',
      train: `${train} --size 32 --steps 500`,
      score: '--labels 10,all',
      seeds,
    },
    ...(grey
      ? [
          {
            name: `${method}-fashion`,
            method,
            on: 'fashion' as const,
            train: `${train} --steps 500`,
            score: FEW,
            seeds,
          },
        ]
      : []),
  ]),
]
