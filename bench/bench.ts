/**
 * Training steps a second, Lacuna and PyTorch in turn on this machine: medians over the rounds, and their ratio.
 *
 * usage: npm run bench [-- --encoder vit --batch 32 --size 32 --steps 8 --rounds 3 --json]
 * PyTorch is found through LACUNA_BENCH_PYTHON, else /usr/bin/python3 (Debian: python3-torch python3-torchvision libopenblas0-pthread).
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    encoder: { type: 'string', default: 'vit' },
    batch: { type: 'string', default: '32' },
    size: { type: 'string', default: '32' },
    steps: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const { encoder, batch, size, steps } = options

interface Measured {
  readonly views_per_second: number
  readonly peak_mb: number
  readonly peer?: string
}

const python = process.env.LACUNA_BENCH_PYTHON ?? '/usr/bin/python3'
const contenders = {
  lacuna: () => run(process.execPath, [join(import.meta.dirname, 'step.js'), encoder, batch, size, steps]),
  pytorch: () =>
    run(python, [
      join('bench', 'peers', 'torch_step.py'),
      '--encoder',
      encoder,
      '--batch',
      batch,
      '--size',
      size,
      '--steps',
      steps,
    ]),
}

const rounds: { lacuna: Measured; pytorch: Measured | undefined }[] = []
let peerProblem = ''
for (let i = 0; i < Number(options.rounds); i++) {
  const lacuna = contenders.lacuna()
  rounds.push({ lacuna, pytorch: peerProblem === '' ? attempt(contenders.pytorch) : undefined })
}

const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN
const peers = rounds.flatMap(({ pytorch }) => (pytorch ? [pytorch] : []))
const ratios = rounds.flatMap(({ lacuna, pytorch }) =>
  pytorch ? [lacuna.views_per_second / pytorch.views_per_second] : [],
)
const summary = (list: readonly Measured[]) => ({
  views_per_second: median(list.map(m => m.views_per_second)),
  peak_mb: median(list.map(m => m.peak_mb)),
})
const result = {
  encoder,
  batch: Number(batch),
  size: Number(size),
  rounds: rounds.length,
  lacuna: summary(rounds.map(({ lacuna }) => lacuna)),
  pytorch: peers.length > 0 ? { name: peers[0]?.peer, ...summary(peers) } : null,
  ratio: ratios.length > 0 ? median(ratios) : null,
  ratios,
}
if (options.json) console.log(JSON.stringify(result, undefined, 2))
else {
  const line = (name: string, m: { views_per_second: number; peak_mb: number }) =>
    console.log(`${name.padEnd(20)} ${m.views_per_second.toFixed(1).padStart(8)} views/s   peak ${m.peak_mb} MB`)
  console.log(`SimCLR step, ${encoder}, ${batch} pictures of ${size} px; medians of ${rounds.length} rounds`)
  line('lacuna', result.lacuna)
  if (result.pytorch) line(result.pytorch.name ?? 'pytorch', result.pytorch)
  console.log(
    result.ratio === null
      ? `No PyTorch to compare with: ${peerProblem}`
      : `ratio ${result.ratio.toFixed(2)} (${ratios.map(r => r.toFixed(2)).join(', ')})`,
  )
}

function run(command: string, args: readonly string[]): Measured {
  const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Measured
}

function attempt(work: () => Measured): Measured | undefined {
  try {
    return work()
  } catch (error) {
    peerProblem = `${python} cannot run it (${String(error).split('\n').at(-2) ?? error}); set LACUNA_BENCH_PYTHON to a Python with torch`
    return undefined
  }
}
