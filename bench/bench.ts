/**
 * Measures training steps, data and memory on this machine, PyTorch's in turn with ours, keeps the figures in `docs/performance`
 * and writes `docs/performance.md` from all that is kept there.
 *
 * usage: npm run bench [-- --only vit --only data --rounds 3 --python /usr/bin/python3 --python venv/bin/python]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.js'
import { type FolderName, folders, measureData } from './measure-data.js'
import { measureForms } from './measure-forms.js'
import { measureGrowth } from './measure-growth.js'
import { measureIdle } from './measure-idle.js'
import { measureMemory } from './measure-memory.js'
import { measureProducts } from './measure-products.js'
import { measureProfile } from './measure-profile.js'
import { formats, measureRecordings } from './measure-recordings.js'
import { measureSound } from './measure-sound.js'
import { measureSteps } from './measure-steps.js'
import { performancePage } from './page.js'
import { accuracyChart, measuredPairs } from './page-accuracy.js'
import { findPeers } from './peers.js'
import { soundCases } from './sound-cases.js'

const help = `npm run bench [-- OPTIONS]

  --only NAME          ${[...[...cases, ...soundCases].map(({ name }) => name), ...Object.keys(folders), ...formats.map(format => `recordings-${format}`), 'products', 'profile', 'forms', 'idle', 'memory', 'growth'].join(', ')}; repeatable, default all
  --page               measures nothing, writes the page from what is kept
  --python PATH        a Python with PyTorch; repeatable, default $LACUNA_BENCH_PYTHON or /usr/bin/python3
  --no-compile         leaves torch.compile out, which takes a minute a round
  --rounds N           how often all take their turn, default 3
  --batch N            pictures in a batch, in place of each case's own
  --threads N          default the number of cores
  --pictures N         of the data part, default 4000, and a tenth of it large
  --recordings N       of the recordings parts, default 2000, from a Debian package
  --growth-steps N     of the growth part, default 40000`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    page: { type: 'boolean' },
    python: { type: 'string', multiple: true },
    'no-compile': { type: 'boolean' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    pictures: { type: 'string', default: '4000' },
    recordings: { type: 'string', default: '2000' },
    'growth-steps': { type: 'string', default: '40000' },
    help: { type: 'boolean' },
  },
})
if (options.help) {
  console.log(help)
  process.exit()
}

const [rounds, threads] = [Number(options.rounds), Number(options.threads)]
const report = (line: string) => console.log(line)
const { peers, problems } = options.page
  ? { peers: [], problems: [] }
  : await findPeers(options.python ?? [process.env.LACUNA_BENCH_PYTHON ?? '/usr/bin/python3'], threads)
for (const problem of problems) report(`left out: ${problem}`)

const shared = { peers, rounds, threads, compile: !options['no-compile'], problems, report }
const batchOf = ({ batch }: { readonly batch: number }) => (options.batch === undefined ? batch : Number(options.batch))

/** Everything there is to measure; each keeps its own record. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(cases.map(one => [one.name, () => measureSteps({ ...one, batch: batchOf(one) }, shared)])),
  ...Object.fromEntries(soundCases.map(one => [one.name, () => measureSound({ ...one, batch: batchOf(one) }, shared)])),
  ...Object.fromEntries(
    (Object.keys(folders) as FolderName[]).map(name => [
      name,
      () => measureData(name, { peers, rounds, pictures: Number(options.pictures), problems, report }),
    ]),
  ),
  ...Object.fromEntries(
    formats.map(format => [
      `recordings-${format}`,
      () => measureRecordings(format, { peers, rounds, recordings: Number(options.recordings), problems, report }),
    ]),
  ),
  products: () => measureProducts({ threads, report }),
  profile: () => measureProfile({ threads, report }),
  forms: () => measureForms({ rounds, threads, report }),
  idle: () => measureIdle({ threads, report }),
  memory: () => measureMemory({ threads, report }),
  growth: () => measureGrowth({ steps: Number(options['growth-steps']), threads, report }),
}

for (const name of options.page ? [] : (options.only ?? Object.keys(parts))) {
  const part = parts[name]
  if (part === undefined) {
    console.error(`--only ${name}: expected one of ${Object.keys(parts).join(', ')}`)
    process.exit(2)
  }
  report(`\n${name}`)
  await part()
}
const page = performancePage()
mkdirSync('docs', { recursive: true })
writeFileSync(join('docs', 'performance.md'), page)
const pairs = measuredPairs()
if (pairs.length > 0) writeFileSync(join('docs', 'performance', 'int8.svg'), accuracyChart(pairs))
report(`\n${page}`)
