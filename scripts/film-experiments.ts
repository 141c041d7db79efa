import type { Experiment } from './experiments.js'

const seeds = [0, 1, 2]
const small = '--encoder c4-half --lr 1.6e-2 --channels 1 --set width=128'

/** The frame after four of a film; the last fifth of the real ones is held out, and every fifth of those that are made. And what is heard where one of them is seen. */
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
  {
    ...{ name: 'soundtrack-shapes', method: 'soundtrack', on: 'shapes', seeds, score: '--labels 10,all' },
    train: '--encoder c4-half --lr 8e-3 --size 32 --steps 800 --batch 64 --set clusters=4 --set seconds=1',
    recipe:
      'There are four kinds of sounds, so four clusters are wanted; sound and shape go together, colours tell nothing',
  },
  {
    ...{ name: 'soundtrack-qabcs', method: 'soundtrack', on: 'qabcs', seeds, score: '--labels 10,all' },
    train: '--encoder c4-half --lr 8e-3 --size 64 --steps 600 --batch 32 --set clusters=8',
    recipe:
      'There is one drawing of each thing, with one noise, and what is held out are other things: 193 drawings are learnt by heart, and do not tell what others sound like',
  },
  {
    ...{ name: 'soundtrack-qabcs-after-simclr', method: 'soundtrack', on: 'qabcs', seeds, score: '--labels 10,all' },
    after: 'simclr-clipart',
    train: '--encoder c4-half --lr 4e-3 --size 32 --steps 150 --batch 32 --set clusters=6',
    recipe:
      'It begins as SimCLR has left it on clip art, to which it owes most of what the probes find, and few steps and clusters leave less to be learnt by heart',
  },
]
