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
  /** Why it falls short of something, where it does */
  readonly reason?: string
  /** Why the encoder is not above the same one at random initialisation, where it is not */
  readonly probeReason?: string
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

const halfWidth = '--encoder c4-half --lr 8e-3'

/** Task and representation of every proxy task, at a minute or two a training. */
const tasks: readonly Task[] = [
  {
    method: 'colorization',
    train: `${halfWidth} --batch 64`,
    photos: '--steps 250 --weight-decay 0.1 --set lambda=1 --set temperature=0.2 --set views.crop=[0.1,1]',
    steps: 600,
    grey: false,
    reason:
      'The colours of the photos trained on are learnt, the loss on them falls far below the prior; little of it holds for other photos, of which there are too few to tell what colours things have in general',
  },
  {
    method: 'context-encoder',
    train: `${halfWidth} --batch 64`,
    photos:
      '--steps 2000 --set hole=centre --set area=0.5 --set overlapWeight=1 --set bottleneck=512 --set views.crop=[0.4,1]',
    steps: 500,
    grey: true,
    probeReason:
      'In training the encoder sees pictures with a hole of the mean colour, here it sees whole ones; and which emoji are alike in colour and outline, which decides most votes of neighbours, is kept by random filters too',
  },
  {
    method: 'mae',
    train: '--batch 64',
    // at 4e-3 it depends on the rounding of the machine whether the larger patches are learnt
    photos: '--lr 2e-3 --encoder vit-mini/8 --steps 1400',
    small: '--lr 4e-3',
    steps: 500,
    grey: true,
    reason:
      'Guesses are trained on patches of contrast 1, where each counts alike; in pixels the few patches of strong contrast decide',
  },
  {
    method: 'relative-position',
    train: `${halfWidth} --batch 32`,
    photos: '--steps 600',
    steps: 1200,
    grey: true,
    probeReason:
      'Against the fringes of lenses the network is shown one channel of each patch and learns to do without colours, which tell many of these categories apart: with `--set colour=keep` the trained encoder is above the random one, and on grey pictures, where nothing is lost, it is far above',
  },
  { method: 'jigsaw', train: `${halfWidth} --batch 32`, photos: '--steps 900', steps: 1200, grey: true },
  { method: 'rotation', train: `${halfWidth} --batch 32`, photos: '--steps 400', steps: 400, grey: true },
]

interface Task {
  readonly method: string
  readonly train: string
  /** What the photos need beside that */
  readonly photos: string
  /** What the small pictures need beside that */
  readonly small?: string
  /** Steps on the small pictures */
  readonly steps: number
  /** Whether it needs no colour */
  readonly grey: boolean
  /** Why it falls short on photos, where it does */
  readonly reason?: string
  /** Why the encoder of the small pictures is not above a random one, where it is not */
  readonly probeReason?: string
}

export const experiments: readonly Experiment[] = [
  {
    name: 'simclr-fashion',
    method: 'simclr',
    on: 'fashion',
    train: '--encoder c4 --steps 1300 --batch 64 --lr 4e-3 --set temperature=0.2 --set views.crop=[0.3,1]',
    score: '--labels 10,100 --labelled 20000',
    seeds,
  },
  ...tasks.flatMap(({ method, train, photos, small, steps, grey, reason, probeReason }): Experiment[] => [
    {
      name: `${method}-photos`,
      method,
      on: 'photos',
      train: `${train} --size 64 ${photos}`,
      seeds: [0],
      ...(reason !== undefined && { reason }),
    },
    {
      name: `${method}-emoji`,
      method,
      on: 'emoji',
      train: [train, ...(small === undefined ? [] : [small]), `--size 32 --steps ${steps}`].join(' '),
      score: '--labels 10,50',
      seeds,
      ...(probeReason !== undefined && { probeReason }),
    },
    ...(grey
      ? [
          {
            name: `${method}-fashion`,
            method,
            on: 'fashion' as const,
            train: [train, ...(small === undefined ? [] : [small]), `--steps ${steps}`].join(' '),
            score: '--labels 10,50 --labelled 6000',
            seeds,
            ...(probeReason !== undefined && { probeReason }),
          },
        ]
      : []),
  ]),
]
