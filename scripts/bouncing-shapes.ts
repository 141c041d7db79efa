import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniforms } from '#lacuna/program/draws.js'

/** A shape that flies through a dark room and bounces off its walls, frame by frame. */
export interface BouncingFilm {
  /** Grey frames of side × side */
  readonly frames: readonly Uint8Array[]
  /** Of its centre in each frame, in pixels */
  readonly positions: readonly (readonly [x: number, y: number])[]
  /** From each frame to the next, in pixels; where it bounces, what comes of it */
  readonly velocities: readonly (readonly [x: number, y: number])[]
}

export const SIDE = 32
export const LENGTH = 48
const RADIUS = 5
const SPEED = [1.5, 3.5] as const
/** Points along a side of a pixel that are asked whether they lie inside */
const FINE = 4

type Inside = (x: number, y: number) => boolean
const shapes: readonly Inside[] = [
  (x, y) => x * x + y * y < RADIUS ** 2,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < RADIUS * 0.9,
  (x, y) => y < RADIUS * 0.8 && y > 1.8 * Math.abs(x) - RADIUS,
]

/** Film number `seed`: another shape, brightness, place and direction each. */
export function bouncingFilm(seed: number, length = LENGTH): BouncingFilm {
  const next = uniforms(seed, 0, 'bouncing shape')
  const inside = shapes[Math.floor(next() * shapes.length)] ?? shapes[0]
  const [shade, ground] = [140 + 110 * next(), 20 + 50 * next()]
  const speed = SPEED[0] + (SPEED[1] - SPEED[0]) * next()
  const angle = 2 * Math.PI * next()
  const span = SIDE - 2 * RADIUS
  let [x, y] = [RADIUS + span * next(), RADIUS + span * next()]
  let [dx, dy] = [speed * Math.cos(angle), speed * Math.sin(angle)]
  const [frames, positions, velocities]: [Uint8Array[], [number, number][], [number, number][]] = [[], [], []]
  for (let t = 0; t < length; t++) {
    frames.push(drawn((px, py) => (inside?.(px - x, py - y) ? shade : ground)))
    positions.push([x, y])
    const [nextX, turnedX] = reflected(x + dx, dx)
    const [nextY, turnedY] = reflected(y + dy, dy)
    velocities.push([nextX - x, nextY - y])
    ;[x, y, dx, dy] = [nextX, nextY, turnedX, turnedY]
  }
  return { frames, positions, velocities }
}

/** Off the walls at both ends. */
function reflected(place: number, speed: number): [place: number, speed: number] {
  const [low, high] = [RADIUS, SIDE - RADIUS]
  if (place < low) return [2 * low - place, -speed]
  if (place > high) return [2 * high - place, -speed]
  return [place, speed]
}

/** Each pixel the mean of what lies in it. */
function drawn(shadeAt: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE]
    let sum = 0
    for (let k = 0; k < FINE * FINE; k++)
      sum += shadeAt(column + ((k % FINE) + 0.5) / FINE, row + (Math.floor(k / FINE) + 0.5) / FINE)
    return Math.round(sum / FINE ** 2)
  })
}

/** Films as folders of numbered frames, `train/000/00.pgm`, those of the test apart. */
export function writeBouncingShapes(folder: string, { train = 160, test = 40 } = {}): void {
  for (const [part, first, count] of [
    ['train', 0, train],
    ['test', train, test],
  ] as const)
    for (let i = 0; i < count; i++) {
      const place = join(folder, part, `${i}`.padStart(3, '0'))
      mkdirSync(place, { recursive: true })
      bouncingFilm(first + i).frames.forEach((frame, t) => {
        writeFileSync(
          join(place, `${`${t}`.padStart(2, '0')}.pgm`),
          Buffer.concat([Buffer.from(`P5 ${SIDE} ${SIDE} 255\n`), frame]),
        )
      })
    }
}
