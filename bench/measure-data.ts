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
const PASSES = 1
const WORKERS = [0, 2]
/** Lanczos is what Lacuna does; bilinear is what torchvision does unless told */
const FILTERS = ['lanczos', 'bilinear'] as const

/** Folders to read: pictures as in ImageNet, and as cameras take them. */
export const folders = {
  data: { width: 500, height: 375, share: 1 },
  'data-large': { width: 2000, height: 1500, share: 0.1 },
} as const
export type FolderName = keyof typeof folders

export interface DataOptions {
  readonly peers: readonly Peer[]
  readonly rounds: number
  /** In the folder of small ones; the other has a tenth of it */
  readonly pictures: number
  readonly problems: readonly string[]
  readonly report: (line: string) => void
}

/** Pictures a second from a folder of JPEG files, ours and torchvision's in turns; kept under the folder's name. */
export async function measureData(name: FolderName, options: DataOptions): Promise<void> {
  const { peers, rounds, problems, report } = options
  const { width, height, share } = folders[name]
  const pictures = Math.max(BATCH, Math.round(share * options.pictures))
  const folder = join(root, `photos-${width}-${pictures}`)
  await photoFolder(folder, { width, height }, pictures)
  const args = [folder, SIZE, BATCH, PASSES]
  const measured = await inTurns<DataMeasurement>(
    rounds,
    [
      { name: 'Lacuna', measure: () => measureOurs('run-data.js', ...args) },
      ...peers.flatMap(({ python, version, env }) =>
        FILTERS.flatMap(filter =>
          WORKERS.map(workers => ({
            name: `torchvision (PyTorch ${version}), ${filter}, ${workers} workers`,
            measure: () =>
              measure<DataMeasurement>(python, [peerScript('torch_data.py'), ...args, workers, filter], env),
          })),
        ),
      ),
    ],
    report,
  )
  keep(name, {
    ...{ machine: thisMachine(), day: today(), width, height, pictures, size: SIZE, batch: BATCH },
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
