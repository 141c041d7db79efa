import { expect, test } from 'vitest'
import { methodNamed } from '../methods/index.js'
import type { RunConfig } from '../training/config.js'
import { parseOptions } from '../training/programs.js'
import { commandOf } from './command.js'

const config: RunConfig = {
  version: 2,
  method: 'simclr',
  options: parseOptions(methodNamed('simclr'), { temperature: 0.2, views: { crop: [0.3, 1] } }),
  encoder: 'c4',
  size: 28,
  channels: 1,
  data: { source: '/data', pictures: 100, fingerprint: 'made up' },
  batch: 64,
  steps: 200,
  seed: 3,
  optimiser: 'adamw',
  learningRate: 1e-3,
  weightDecay: 1e-4,
  warmupSteps: 10,
  clip: 0,
  device: 'cpu',
}

test('the command that repeats a run says all that is not as it would be anyway', () => {
  expect(commandOf(config)).toBe(
    "lacuna pretrain simclr /data --encoder c4 --size 28 --channels 1 --steps 200 --batch 64 --seed 3 --optimiser adamw --lr 0.004 --weight-decay 0.0001 --warmup 0.05 --set 'temperature=0.2' --set 'views.crop=[0.3,1]' --out RUN",
  )
})
