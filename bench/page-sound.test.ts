import { expect, test } from 'vitest'
import { ours } from './measure-sound.js'
import { soundSection } from './page-sound.js'
import type { SoundRecord } from './records.js'
import { soundCases } from './sound-cases.js'

const measured = (seconds: number) => ({
  ...{ seconds, firstStepSeconds: 1, peakMegabytes: 512, parameters: 1, matmulGflops: 200, gflop: 64 },
})

test('ratios are of fp32 to fp32, and of int8 to all others where it was measured', () => {
  const [one] = soundCases
  if (one === undefined) throw new Error('no case')
  const results = {
    [ours.fp32]: [{ ...measured(0.8), compileSeconds: 2 }],
    [ours.int8]: [{ ...measured(0.4), compileSeconds: 3 }],
    'PyTorch 2, eager': [measured(1.6)],
    'PyTorch 2, eager, bf16': [measured(0.6)],
  }
  const record = { seconds: 2, batch: 16, problems: [], results } as unknown as SoundRecord
  const rowsOf = (record: SoundRecord) =>
    soundSection([{ one, record }])
      .split('\n')
      .filter(line => line.startsWith('|'))
      .slice(2)
      .map(line => line.split(' | ').slice(1, 8))
  expect(rowsOf(record)).toEqual([
    ['Lacuna', '40 (40–40)', '', '', '80', '512', '2'],
    ['Lacuna, int8', '80 (80–80)', '', '', '160', '512', '3'],
    ['PyTorch 2, eager', '20 (20–20)', '2 (2–2)', '4 (4–4)', '40', '512', ''],
    ['PyTorch 2, eager, bf16', '53.3 (53.3–53.3)', '', '1.5 (1.5–1.5)', '107', '512', ''],
  ])
  const { [ours.int8]: _, ...without } = results
  expect(rowsOf({ ...record, results: without } as unknown as SoundRecord)[1]?.slice(2, 4)).toEqual(['2 (2–2)', ''])
})
