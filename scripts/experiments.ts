/** What `npm run results` measures. */
export interface Experiment {
  /** Its folder in `runs/results` */
  readonly name: string
  readonly method: string
  readonly on: keyof typeof sources
  /** Options of `lacuna pretrain` */
  readonly train: string
  /** Labels per class of the probes; without, only the task itself is measured */
  readonly labels?: string
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

export const experiments: readonly Experiment[] = [
  {
    name: 'simclr-fashion',
    method: 'simclr',
    on: 'fashion',
    train: '--encoder c4 --steps 3600 --batch 64 --lr 4e-3 --set temperature=0.2 --set views.crop=[0.3,1]',
    labels: '10,100',
    seeds,
  },
]
