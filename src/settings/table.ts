import { fits } from '../channels/fits.js'
import { plainReading } from '../channels/reading.js'
import { defaultDevice, deviceNames } from '../program/devices.js'
import { above, choice, flag, list, numberOf, range, stepsOrMinutes, text, whole, within } from './kinds.js'
import { methodOptions } from './method-options.js'
import type { DataSettings, Rows, TrainingSettings } from './types.js'

const byMethod = 'see `lacuna methods <method>`'

/** How data is opened, in the order in which it is told. */
export const dataSettings = {
  size: {
    flag: '--size <px>',
    kind: whole(1, 4096, 'a whole number of pixels from 1 to 4096'),
    help: 'height and width of the pictures',
    unless: '32, films 64; IDX files as they are',
    kept: 'always',
    at: ['channels', 'image', 'size'],
    of: ['image', 'video'],
  },
  channels: {
    flag: '--channels <n>',
    kind: numberOf(1, 3),
    help: '1 for grey, 3 for colour',
    unless: '3; IDX files 1',
    kept: 'always',
    at: ['channels', 'image', 'colours'],
    of: ['image', 'video'],
  },
  fit: {
    flag: '--fit <how>',
    kind: choice(fits),
    help: 'what becomes of pictures that are not square: their middle, all with a border, or squeezed',
    default: plainReading.fit,
    kept: 'always',
    at: ['reading', 'fit'],
    of: ['image', 'video'],
  },
  background: {
    flag: '--background <colour>',
    kind: text('a colour such as white or #808080'),
    help: 'below transparent pictures, and the border of --fit pad',
    default: plainReading.background,
    unless: 'white',
    kept: 'always',
    at: ['reading', 'background'],
    of: ['image', 'video'],
  },
  range: {
    flag: '--range <low,high>',
    kind: range,
    help: 'values that become black and white',
    default: plainReading.range,
    unless: 'auto, bytes as they are, others as found in the pictures',
    kept: 'always',
    at: ['reading', 'range'],
    of: ['image'],
  },
  fps: {
    flag: '--fps <n>',
    kind: above(0, 'a number of frames a second above 0'),
    help: 'frames a second that are taken of films; of numbered pictures, how many they are',
    unless: 'as many as they have, at most 10',
    kept: 'always',
    at: ['channels', 'video', 'rate'],
    of: ['video'],
  },
  caption: {
    flag: '--caption <column>',
    kind: text('the name of a column'),
    help: 'column of a table that has the texts',
    unless: 'text, caption, or the like',
    kept: 'never',
    at: ['data', 'caption'],
    of: ['text'],
  },
  cache: {
    flag: '--cache <folder>',
    kind: text('a folder'),
    help: 'where decoded data is kept',
    unless: 'LACUNA_CACHE or ~/.cache/lacuna',
    kept: 'never',
    at: ['data', 'cache'],
    path: true,
  },
  groupPattern: {
    flag: '--group <pattern>',
    kind: text('a regular expression'),
    help: 'regular expression; what it captures in a file name is the group that no split parts',
    kept: 'never',
    at: ['data', 'groupPattern'],
  },
  label: {
    flag: '--label <column>',
    kind: text('the name of a column'),
    help: 'column of a metadata table that has the labels; to evaluate several, such as speaker,language',
    unless: 'label, category or class',
    kept: 'never',
    at: ['data', 'label'],
  },
  allowSkipped: {
    flag: '--allow-skipped <share>',
    kind: within(0, 1, 'a share from 0 to 1'),
    help: 'share of unreadable files that is put up with',
    unless: '0.01',
    kept: 'told',
    at: ['data', 'allowSkipped'],
  },
} satisfies Rows<DataSettings>

/** How a network is trained, in the order in which it is told. */
export const trainingSettings = {
  encoder: {
    flag: '--encoder <name>',
    kind: text('the name of an encoder'),
    help: 'architecture: c4, resnet18, vit-mini, …',
    unless: byMethod,
    kept: 'always',
  },
  epochs: {
    flag: '--epochs <n>',
    kind: above(0, 'a number above 0'),
    help: 'passes over the pictures',
    default: 20,
    kept: 'never', // as steps
    free: true,
  },
  steps: {
    flag: '--steps <n>',
    kind: whole(1),
    help: 'steps, instead of epochs',
    kept: 'always',
    free: true, // when they are more
  },
  batch: {
    flag: '--batch <n>',
    kind: whole(2),
    help: 'pictures in a step',
    unless: `${byMethod}; fewer where there are fewer pictures`,
    kept: 'always',
  },
  chunk: {
    flag: '--chunk <n>',
    kind: whole(1),
    help: 'pictures in memory at a time, for large batches; the weights move as with the whole batch, but for batch norm, which sees a chunk at a time',
    unless: 'the batch',
    kept: 'told',
  },
  batchAlike: {
    flag: '--batch-alike <column>',
    kind: text('the name of a column'),
    help: 'column of labels in which all of a batch are alike, such as speaker, so that what they are compared by is something else',
    unless: 'any',
    kept: 'told',
  },
  seconds: {
    flag: '--seconds <s>',
    kind: above(0, 'a number of seconds above 0'),
    help: 'length of a window of sound',
    unless: byMethod,
    kept: 'never', // as an option of the method
  },
  frames: {
    flag: '--frames <n>',
    kind: whole(1),
    help: 'frames of a film that a guess is made from',
    unless: byMethod,
    kept: 'never', // as an option of the method
  },
  seed: { flag: '--seed <n>', kind: whole(0), help: 'of all that is random', default: 0, kept: 'always' },
  optimiser: {
    flag: '--optimiser <name>',
    kind: choice(['adamw', 'sgd', 'lars']),
    help: 'what takes the steps',
    unless: byMethod,
    kept: 'always',
  },
  learningRate: {
    flag: '--lr <rate>',
    kind: above(0, 'a rate above 0'),
    help: 'learning rate for a batch of 256, in proportion for others',
    unless: byMethod,
    kept: 'always',
  },
  weightDecay: {
    flag: '--weight-decay <rate>',
    kind: within(0, undefined, 'a rate of at least 0'),
    help: 'of weights; biases and gains do not decay',
    unless: byMethod,
    kept: 'always',
  },
  warmup: {
    flag: '--warmup <share>',
    kind: within(0, 1, 'a share of the steps, from 0 to 1'),
    help: 'share of the steps over which the rate rises',
    default: 0.05,
    kept: 'always',
  },
  clip: {
    flag: '--clip <norm>',
    kind: within(0, undefined, 'a length of at least 0'),
    help: 'scale gradients down to this common length',
    default: 0,
    unless: 'not at all',
    kept: 'always',
  },
  checkpointActivations: {
    flag: '--checkpoint-activations',
    kind: flag,
    help: 'compute the activations inside blocks again instead of keeping them: less memory, more time, the same weights',
    kept: 'told',
  },
  products: {
    flag: '--products <kind>',
    kind: choice(['auto', 'fp32', 'int8']),
    help: 'matrix products of the layers of transformers, convolutional encoders and encoders of waves in training: int8 is faster where the processor has instructions for it, and rounds; auto is int8 there and fp32 elsewhere; what is learnt in both is compared for simclr, mae, clip and hubert in docs/performance.md',
    default: 'auto',
    kept: 'found',
  },
  weights: {
    flag: '--weights <path>',
    kind: text('a file'),
    help: 'what the encoder starts from: safetensors of torchvision, timm, transformers or open_clip, a folder with model.safetensors as of Hugging Face, a run, or an export',
    kept: 'told',
    path: true,
  },
  tokenizer: {
    flag: '--tokenizer <file>',
    kind: text('a file'),
    help: 'what makes tokens of text: a tokenizer.json, or a run that has one',
    unless: 'one learnt from the texts to train on',
    kept: 'told',
    path: true,
  },
  options: {
    flag: '--set <key=value>',
    kind: methodOptions,
    help: 'an option of the method, such as temperature=0.2; may be repeated',
    kept: 'always',
  },
  plugins: {
    flag: '--plugin <module>',
    kind: list('a list of files'),
    help: 'a module that has methods, encoders or readers of your own, which are then known by name; may be repeated',
    kept: 'told', // for messages: no code is run because a run names it
    path: true,
    free: true,
  },
  device: {
    flag: '--device <device>',
    kind: choice(deviceNames),
    help: 'what computes',
    default: defaultDevice,
    unless: `${defaultDevice}, or what the run was trained on`,
    kept: 'always',
    free: true,
  },
  threads: {
    flag: '--threads <n>',
    kind: whole(1),
    help: 'threads on the cpu',
    unless: 'one per physical core',
    kept: 'never',
    free: true,
  },
  saveEvery: {
    flag: '--save-every <steps|minutes>',
    kind: stepsOrMinutes,
    help: 'when checkpoints are written, such as 500 or 5min; the last two are kept',
    unless: 'after 5 s, then ever more seldom, up to every 2 min',
    kept: 'never',
    free: true,
  },
} satisfies Rows<TrainingSettings>
