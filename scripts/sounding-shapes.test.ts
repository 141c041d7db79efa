import { expect, test } from 'vitest'
import { FRAMES, PACE, RATE, SIDE, soundingFilm } from './sounding-shapes.js'

const films = [0, 1, 2, 3, 4, 5, 6, 7].map(seed => soundingFilm(seed))

test('a film is of the length of its sound, and the same each time it is made', () => {
  for (const { frames, sound } of films) {
    expect(frames.map(frame => frame.length)).toEqual(Array(FRAMES).fill(SIDE * SIDE * 3))
    expect(sound.length / RATE).toBe(FRAMES / PACE)
    expect(Math.max(...sound.map(Math.abs))).toBeLessThan(2 ** 15)
  }
  expect(soundingFilm(3)).toEqual(films[3])
})

test('of each shape the noise lies in its band: how often it crosses zero', () => {
  const bands: Record<string, readonly [number, number]> = {
    disc: [300, 900],
    square: [300, 900],
    triangle: [1500, 2500],
    cross: [1500, 2500],
  }
  for (const { shape, sound } of films) {
    let crossings = 0
    for (let i = 1; i < sound.length; i++) if ((sound[i] ?? 0) >= 0 !== (sound[i - 1] ?? 0) >= 0) crossings++
    const hertz = (crossings * RATE) / sound.length / 2
    const [low, high] = bands[shape] ?? [0, 0]
    expect(hertz).toBeGreaterThan(low)
    expect(hertz).toBeLessThan(high)
  }
})

test('shapes take turns, in colours of their own', () => {
  expect(films.map(({ shape }) => shape)).toEqual([...'01'].flatMap(() => ['disc', 'square', 'triangle', 'cross']))
  const corner = films.map(({ frames }) => [...(frames[0]?.slice(0, 3) ?? [])].map(value => value >> 5).join())
  expect(new Set(corner).size).toBe(films.length)
})
