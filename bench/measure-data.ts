import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { thisMachine } from './machine.js'
import { type Peer, peerScript } from './peers.js'
import { photoFolder } from './photos.js'
import { measure, measureOurs } from './process.js'
import { type DataMeasurement, keep, root, today } from './records.js'
import { inTurns } from './turns.js'

const SIZE = 96
const BATCH = 64
const PASSES = 3
const WORKERS = [0, 2]

export interface DataOptions {
  readonly peers: readonly Peer[]
  readonly rounds: number
  readonly pictures: number
  readonly problems: readonly string[]
  readonly report: (line: string) => void
}

/** Pictures a second from a folder of JPEG files, ours and torchvision's in turns; kept as `data`. */
export async function measureData({ peers, rounds, pictures, problems, report }: DataOptions): Promise<void> {
  const folder = join(root, `photos-${pictures}`)
  await photoFolder(folder, pictures)
  const args = [folder, SIZE, BATCH, PASSES]
  const measured = await inTurns<DataMeasurement>(
    rounds,
    [
      { name: 'Lacuna', measure: () => measureOurs('run-data.js', ...args) },
      ...peers.flatMap(({ python, version, env }) =>
        WORKERS.map(workers => ({
          name: `torchvision (PyTorch ${version}), ${workers} workers`,
          measure: () => measure<DataMeasurement>(python, [peerScript('torch_data.py'), ...args, workers], env),
        })),
      ),
    ],
    report,
  )
  keep('data', {
    ...{ machine: thisMachine(), day: today(), pictures, size: SIZE, batch: BATCH },
    megabytes: bytesIn(folder) / 1e6,
    results: measured.results,
    problems: [...problems, ...measured.problems],
  })
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => statSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)
}
