import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOfFile } from '#lacuna/data/audio/bytes.js'
import { codecSound } from '#lacuna/data/audio/codecs.js'
import { withPackages } from '../scripts/debian.js'
import { thisMachine } from './machine.js'
import { type Peer, peerScript } from './peers.js'
import { measure, measureOurs } from './process.js'
import { keep, type RecordingsMeasurement, root, today } from './records.js'
import { inTurns } from './turns.js'

const PACKAGE = 'tuxpaint-stamps-default'
/** As they come, and the same sound without compression */
export const formats = ['ogg', 'wav'] as const
export type Format = (typeof formats)[number]
/** What brings the rate of all to 16,000: that of torchaudio, and that of librosa */
const RESAMPLERS = ['torchaudio', 'soxr'] as const

export interface RecordingsOptions {
  readonly peers: readonly Peer[]
  readonly rounds: number
  readonly recordings: number
  readonly problems: readonly string[]
  readonly report: (line: string) => void
}

/** Hours of speech a minute from files to int16 at 16,000 a second, ours and Python's in turns. */
export async function measureRecordings(format: Format, options: RecordingsOptions): Promise<void> {
  const { peers, rounds, recordings, problems, report } = options
  const folder = await speechFolder(format, recordings)
  const measured = await inTurns<RecordingsMeasurement>(
    rounds,
    [
      { name: 'Lacuna', measure: () => measureOurs('run-recordings.js', folder) },
      { name: 'Lacuna, one thread', measure: () => measureOurs('run-recordings.js', folder, 1) },
      ...peers.flatMap(({ python, env }) =>
        RESAMPLERS.map(resampler => ({
          name: `soundfile and ${resampler}`,
          measure: () =>
            measure<RecordingsMeasurement>(python, [peerScript('recordings.py'), folder, resampler], {
              ...env,
              PYTHONDONTWRITEBYTECODE: '1',
            }),
        })),
      ),
    ],
    report,
  )
  const files = readdirSync(folder)
  keep(`recordings-${format}`, {
    ...{ machine: thisMachine(), day: today(), format, files: files.length },
    megabytes: files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6,
    results: measured.results,
    problems: [...problems, ...measured.problems],
  })
}

/** Spoken captions from a Debian package, made once. */
async function speechFolder(format: Format, count: number): Promise<string> {
  const [ogg, wav] = formats.map(name => join(root, `speech-${name}-${count}`))
  if (ogg === undefined || wav === undefined) throw new Error('two folders are expected')
  if (!existsSync(ogg))
    await withPackages([PACKAGE], async unpacked => {
      const stamps = join(unpacked, 'usr', 'share', 'tuxpaint', 'stamps')
      const spoken = readdirSync(stamps, { recursive: true, encoding: 'utf8' }).filter(name =>
        /_desc.*\.ogg$/.test(name),
      )
      const chosen = spoken.sort().filter((_, i) => i % Math.ceil(spoken.length / count) === 0)
      made(ogg, partial => {
        for (const [i, name] of chosen.entries()) copyFileSync(join(stamps, name), join(partial, `${i}.ogg`))
      })
    })
  if (format === 'ogg') return ogg
  if (existsSync(wav)) return wav
  const files = await Promise.all(readdirSync(ogg).map(async name => [name, await waveOf(join(ogg, name))] as const))
  made(wav, partial => {
    for (const [name, bytes] of files) writeFileSync(join(partial, name.replace('.ogg', '.wav')), bytes)
  })
  return wav
}

function made(folder: string, fill: (partial: string) => void): void {
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  fill(partial)
  renameSync(partial, folder)
}

/** The same sound as WAV of 16 bits, its rate and channels as they are. */
async function waveOf(path: string): Promise<Buffer> {
  const file = bytesOfFile(path)
  try {
    const { rate, pieces } = await codecSound(file, 'vorbis')
    const parts: Buffer[] = []
    let channels = 1
    for await (const piece of pieces) {
      channels = piece.length
      const frames = piece[0]?.length ?? 0
      const part = Buffer.alloc(2 * channels * frames)
      for (let i = 0; i < frames * channels; i++) {
        const value = Math.round(2 ** 15 * (piece[i % channels]?.[Math.floor(i / channels)] ?? 0))
        part.writeInt16LE(Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, value)), 2 * i)
      }
      parts.push(part)
    }
    const data = Buffer.concat(parts)
    const header = Buffer.alloc(44)
    header.write('RIFF....WAVEfmt ', 'latin1')
    header.writeUInt32LE(36 + data.length, 4)
    header.writeUInt32LE(16, 16)
    header.writeUInt16LE(1, 20)
    header.writeUInt16LE(channels, 22)
    header.writeUInt32LE(rate, 24)
    header.writeUInt32LE(rate * 2 * channels, 28)
    header.writeUInt16LE(2 * channels, 32)
    header.writeUInt16LE(16, 34)
    header.write('data', 36, 'latin1')
    header.writeUInt32LE(data.length, 40)
    return Buffer.concat([header, data])
  } finally {
    file.close()
  }
}
