import type { Hearing } from '../assembly/recordings.js'
import { poolWords } from '../nn/pools.js'
import { type CardFacts, MARK } from './card.js'
import type { WaveType } from './wave-types.js'

export interface SoundCardFacts extends Omit<CardFacts, 'recipe'> {
  readonly hearing: Hearing
  readonly wave: WaveType
}

/** What it takes, and how the numbers of a file are brought to that. */
const inWords: Readonly<Record<WaveType, Record<'range' | 'python' | 'typescript', string>>> = {
  float32: {
    range: '−1 … 1; of 16 bits: values / 32768',
    python: '.astype(np.float32)',
    typescript: 'Float32Array.from(read(file), value => value / 32768)',
  },
  int16: {
    range: 'as files of 16 bits have it',
    python: '\n    audio = np.clip(np.round(audio * 32768), -32768, 32767).astype(np.int16)',
    typescript: 'read(file)',
  },
}

/** README.md of an export that hears recordings. */
export function soundCard({ config, hearing, wave, step, width, ...facts }: SoundCardFacts): string {
  const { encoder, channel } = hearing
  const { rate, length } = channel
  const { hop, receptiveField, before = 0 } = encoder
  const takes = inWords[wave]
  const ms = (samples: number) => `${+((1000 * samples) / rate).toFixed(3)} ms`
  return `${MARK}
# ${config.encoder}, trained with ${config.method}

Turns a recording of any length into ${width} numbers, and into frames. Made by Lacuna ${facts.version}; trained without labels on ${config.data.records} recordings, ${step} steps of ${config.batch} windows of ${+(length / rate).toFixed(3)} s.

| | |
|---|---|
| input \`audio\` | ${wave} [length], one recording of one channel at ${rate} Hz, ${takes.range} |
| output \`features\` | float32 [1, ${width}], ${facts.pool === 'mean-sd' ? 'mean, then standard deviation,' : 'mean'} over all frames |
| output \`frames\` | float32 [windows, T, width]: frames of ${ms(receptiveField)} every ${ms(hop)}, window by window |
| output \`new\` | bool [windows, T]: \`frames[new]\` are the frames of the recording, each once and in order; frame t sees what begins at ${before > 0 ? `t · ${hop} − ${before}` : `t · ${hop}`} |
| taken after | ${facts.layer}, ${poolWords(facts.pool, 'audio')} |
| weights | \`encoder.safetensors\` |
| data | fingerprint ${facts.fingerprint} |

The model cuts the recording into windows of ${length} numbers, as long as those of the training, which overlap so that every frame is made once and sees no edge that is not one of the recording; its vector is that of \`lacuna embed\`. Context (attention, recurrence) ends at the window. All windows go through at once: give recordings of hours in parts of some minutes, for the memory they take. A recording shorter than ${ms(receptiveField)} counts as one frame, as if silence followed.

The rate matters: resample to ${rate} Hz with a filter that cuts what is above ${rate / 2} Hz. Channels are averaged.

## Python

\`pip install onnxruntime soundfile soxr numpy\`

\`\`\`python
import sys
import numpy as np
import onnxruntime as ort
import soundfile
import soxr

session = ort.InferenceSession("encoder.onnx")

def hear(path):
    """features [${width}], frames [frames, width]"""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    audio = soxr.resample(audio.mean(axis=1), rate, ${rate}, "HQ")${takes.python}
    features, frames, new = session.run(["features", "frames", "new"], {"audio": audio})
    return features[0], frames[new]

for path in sys.argv[1:]:
    features, frames = hear(path)
    print(path, features.shape, frames.shape)
\`\`\`

## TypeScript

\`npm install onnxruntime-node --ignore-scripts\`, and \`ffmpeg\` to read any file

\`\`\`ts
import { execFileSync } from 'node:child_process'
import ort from 'onnxruntime-node'

// int16 at ${rate} Hz, one channel
function read(file) {
  const words = ['-v', 'error', '-i', file, '-ac', '1', '-ar', '${rate}', '-f', 's16le', '-']
  const bytes = execFileSync('ffmpeg', words, { maxBuffer: 2 ** 30 })
  return new Int16Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 2))
}

const session = await ort.InferenceSession.create('encoder.onnx')
for (const file of process.argv.slice(2)) {
  const wave = ${takes.typescript}
  const { features } = await session.run({ audio: new ort.Tensor('${wave}', wave, [wave.length]) })
  console.log(file, features.dims) // float32 [1, ${width}]
}
\`\`\`
`
}
