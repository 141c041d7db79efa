import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uniforms } from '#lacuna/program/draws.js'

export const SIDE = 32
export const FRAMES = 20
/** Frames a second */
export const PACE = 10
export const RATE = 16_000

type Inside = (x: number, y: number) => boolean
/** Of each class: what lies inside a shape of radius 1, the band of its noise in Hz, and how often a second that swells */
const classes = [
  { shape: 'disc', inside: (x, y) => x * x + y * y < 0.8, low: 300, high: 900, rhythm: 3 },
  { shape: 'square', inside: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.8, low: 300, high: 900, rhythm: 24 },
  { shape: 'triangle', inside: (x, y) => y < 0.8 && y > 1.9 * Math.abs(x) - 1, low: 1500, high: 2500, rhythm: 3 },
  {
    shape: 'cross',
    inside: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.3 && Math.max(Math.abs(x), Math.abs(y)) < 1,
    ...{ low: 1500, high: 2500, rhythm: 24 },
  },
] as const satisfies readonly { shape: string; inside: Inside; low: number; high: number; rhythm: number }[]

export interface SoundingFilm {
  /** The class: its shape tells the sound, its colours tell nothing */
  readonly shape: string
  /** Of side × side pixels, red, green and blue */
  readonly frames: readonly Uint8Array[]
  /** int16 at {@link RATE}, as long as the frames */
  readonly sound: Int16Array
}

/** Film number `seed`: a shape of some colour drifts over a ground of another, and sounds as its shape does. */
export function soundingFilm(seed: number): SoundingFilm {
  const next = uniforms(seed, 0, 'sounding shape')
  const { shape, inside, low, high, rhythm } = classes[seed % classes.length] ?? classes[0]
  const colour = () => [0, 1, 2].map(() => 255 * next())
  const [own, ground] = [colour(), colour()]
  // told apart from its ground: what it has more of, the ground has less
  const drawn = own.map((c, i) => (Math.abs(c - (ground[i] ?? 0)) < 60 ? (c + 128) % 256 : c))
  const radius = 6 + 5 * next()
  const span = SIDE - 2 * radius
  const [from, to] = [0, 1].map(() => [radius + span * next(), radius + span * next()] as const)
  const frames = Array.from({ length: FRAMES }, (_, t) => {
    const way = t / (FRAMES - 1)
    const [x, y] = [0, 1].map(i => (1 - way) * (from?.[i] ?? 0) + way * (to?.[i] ?? 0))
    return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
      const [row, column] = [Math.floor(i / 3 / SIDE), Math.floor(i / 3) % SIDE]
      const within = inside((column + 0.5 - (x ?? 0)) / radius, (row + 0.5 - (y ?? 0)) / radius)
      return Math.max(0, Math.min(255, Math.round(((within ? drawn : ground)[i % 3] ?? 0) + 20 * (next() - 0.5))))
    })
  })
  const waves = Array.from({ length: 60 }, (_, w) => ({
    turn: (2 * Math.PI * (low + ((high - low) * (w + next())) / 60)) / RATE,
    phase: 2 * Math.PI * next(),
  }))
  const [loudness, phase] = [0.006 + 0.014 * next(), 2 * Math.PI * next()]
  const sound = Int16Array.from({ length: (RATE * FRAMES) / PACE }, (_, t) => {
    const swell = 1 + 0.9 * Math.sin(phase + (2 * Math.PI * rhythm * t) / RATE)
    const noise = waves.reduce((sum, w) => sum + Math.sin(w.phase + w.turn * t), 0)
    return Math.round(2 ** 15 * loudness * (swell * noise + next() - 0.5))
  })
  return { shape, frames, sound }
}

/** Films with sound, `train/disc/000.mkv`, those of the test apart. Coded without loss by the ffmpeg on the PATH. */
export function writeSoundingShapes(folder: string, { train = 480, test = 120 } = {}): void {
  const work = mkdtempSync(join(tmpdir(), 'lacuna-sounding-'))
  try {
    for (let i = 0; i < train + test; i++) {
      const { shape, frames, sound } = soundingFilm(i)
      const place = join(folder, i < train ? 'train' : 'test', shape)
      mkdirSync(place, { recursive: true })
      writeFileSync(join(work, 'frames'), Buffer.concat(frames))
      writeFileSync(join(work, 'sound'), Buffer.from(sound.buffer))
      const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${SIDE}x${SIDE}`, '-r', `${PACE}`]
      execFileSync('ffmpeg', [
        ...['-v', 'error', '-y', ...raw, '-i', join(work, 'frames')],
        ...['-f', 's16le', '-ar', `${RATE}`, '-ac', '1', '-i', join(work, 'sound')],
        ...['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-c:a', 'pcm_s16le', join(place, `${`${i}`.padStart(3, '0')}.mkv`)],
      ])
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
