import type { Experiment } from './experiments.js'

const seeds = [0, 1, 2]
const small = '--encoder c4-half --lr 1.6e-2 --channels 1 --set width=128'

/** The frame after four of a film; the last fifth of the real ones is held out, and every fifth of those that are made. */
export const filmExperiments: readonly Experiment[] = [
  {
    ...{ name: 'next-frame-bouncing', method: 'next-frame', on: 'bouncing', seeds },
    train: `${small} --size 32 --steps 3000`,
  },
  {
    ...{ name: 'next-frame-vtest', method: 'next-frame', on: 'vtest', seeds },
    train: `${small} --size 96 --steps 1500 --set every=2 --set ahead=2`,
  },
  {
    ...{ name: 'next-frame-mire-2', method: 'next-frame', on: 'mire', seeds },
    train: `${small} --size 96 --steps 2500 --set every=2 --set ahead=2`,
  },
  {
    ...{ name: 'next-frame-cube', method: 'next-frame', on: 'cube', seeds },
    train: `${small} --size 192 --steps 3000 --set every=2 --set ahead=2`,
  },
]
