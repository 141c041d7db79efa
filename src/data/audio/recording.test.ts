import { chmodSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { put, temporaryFolder, tone, wav } from '../testing.js'
import { decodeRecording, type Recording } from './recording.js'
import { partsOf } from './scratch.js'

/**
 * 0.3 s of 500 Hz at half of full scale, 16 kHz, by ffmpeg 9.0.2:
 * `ffmpeg -f lavfi -i sine=frequency=500:sample_rate=16000:duration=0.3 -af volume=4 -fflags +bitexact -flags bitexact` with
 * (none) for flac, `-b:a 24k` for mp3, `-c:a libvorbis -q 0`, `-c:a libopus -b:a 16k`
 */
const encoded: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('encoded.json', import.meta.url), 'utf8'),
)
const int16 = (length: number) => new Int16Array(length)
const bytesOf = (codec: string) => Buffer.from(encoded[codec] ?? '', 'base64')

async function decoded(from: string | Uint8Array, name = 'a.wav'): Promise<Recording & { values: number[] }> {
  const recording = await decodeRecording(from, { name, rate: 16_000, scratch: join(temporaryFolder(), '0.i16') })
  return {
    ...recording,
    values: [...partsOf(recording, int16)].flatMap(part => Array.from(part, value => value / 2 ** 15)),
  }
}

/** The largest difference from the tone, away from its ends */
const error = (values: readonly number[]) => {
  const wanted = tone(500, 0.3)
  return values.reduce(
    (most, value, i) => (i < 800 || i > 4000 ? most : Math.max(most, Math.abs(value - (wanted[i] ?? 0)))),
    0,
  )
}

test.each([
  ['flac', 1e-3, 16_000],
  ['mp3', 0.03, 16_000],
  ['vorbis', 0.06, 16_000],
  ['opus', 0.15, 48_000],
])('%s is decoded, by its content whatever it is called', async (codec, within, rate) => {
  const recording = await decoded(bytesOf(codec), 'called.wav')
  expect([recording.rate, recording.channels, recording.clipped, recording.cutShort]).toEqual([rate, 1, false, false])
  expect(Math.abs(recording.length - 4800)).toBeLessThanOrEqual(codec === 'mp3' ? 1152 : 0)
  expect(error(recording.values)).toBeLessThan(within)
})

test('a tag in front of it, of whatever size, hides no recording', async () => {
  const tag = (size: number) => {
    const bytes = Buffer.alloc(10 + size)
    bytes.write('ID3\x04', 'latin1')
    for (let i = 0; i < 4; i++) bytes[6 + i] = (size >> (7 * (3 - i))) & 0x7f
    return bytes
  }
  for (const size of [100, 20_000])
    for (const [codec, name, within] of [
      ['mp3', 'a.mp3', 0.03],
      ['flac', 'a.flac', 1e-3],
    ] as const)
      expect(error((await decoded(Buffer.concat([tag(size), bytesOf(codec)]), name)).values)).toBeLessThan(within)
})

test('what cannot be decoded says why', async () => {
  const reasons = async (bytes: Uint8Array, name: string) => decoded(bytes, name).catch((error: Error) => error.message)
  expect(await reasons(Buffer.from('hello, this is text'), 'a.wav')).toContain('is no recording that can be read')
  expect(await reasons(Buffer.from('hello, this is text'), 'a.mp3')).toContain('is damaged')
  expect(await reasons(bytesOf('vorbis').subarray(0, 500), 'a.ogg')).toContain('is damaged')
  expect(await reasons(Buffer.alloc(0), 'a.wav')).toBe('is empty')
  expect(await reasons(wav([]), 'a.wav')).toContain('is damaged: it tells of 0 channels')
  expect(await reasons(wav([tone(500, 0.3)]).subarray(0, 30), 'a.wav')).toContain('is damaged')
  expect(await reasons(wav([tone(500, 0.3)]).subarray(0, 40), 'a.wav')).toContain('is truncated')
  expect(await reasons(wav([tone(500, 0.01)]), 'a.wav')).toBe('has 10 ms, less than 25')
  expect(await reasons(wav([new Float32Array(16_000).fill(1 / 2 ** 15)]), 'a.wav')).toBe('is silent')
})

test('a file that ends early is taken as far as it goes; clipped ones are known', async () => {
  const whole = wav([tone(500, 0.3)])
  const cut = await decoded(whole.subarray(0, whole.length - 3201))
  expect([cut.cutShort, cut.length]).toEqual([true, 3200 - 1])
  expect((await decoded(bytesOf('flac').subarray(0, -300), 'a.flac')).cutShort).toBe(true)
  const loud = tone(500, 0.3, 16_000, 1.5).map(value => Math.max(-1, Math.min(1, value)))
  expect([(await decoded(wav([loud]))).clipped, (await decoded(whole)).clipped]).toEqual([true, false])
})

test('silence, clipping and numbers that are none are seen in every channel', async () => {
  const reason = (...channels: Float32Array[]) =>
    decoded(wav(channels, { bits: 32, floating: true })).catch((error: Error) => error.message)
  const one = tone(500, 0.3)
  const flat = (value: number) => new Float32Array(4800).fill(value)
  expect(await reason(flat(0.25))).toBe('is silent')
  expect(
    await reason(
      one,
      one.map(value => -value),
    ),
  ).toContain('its channels cancel each other out')
  expect(await reason(one.map(value => value * 2 ** 15))).toContain('has numbers of up to 16400')
  const right = await decoded(wav([one, flat(0).map((_, i) => (i % 8 < 4 ? 1 : -1))]))
  expect([right.clipped, right.channels]).toEqual([true, 2])
  const holes = one.map((value, i) => (i === 100 ? Number.NaN : i === 200 ? Number.POSITIVE_INFINITY : value))
  const mended = await decoded(wav([holes], { bits: 32, floating: true }))
  expect([mended.strange, mended.clipped, mended.values[100], mended.values[200]]).toEqual([true, false, 0, 0])
  expect((await decoded(wav([one]))).strange).toBe(false)
})

test('a header written before the length was known, and RF64', async () => {
  const streamed = wav([tone(500, 0.3)])
  const at = streamed.indexOf('data')
  streamed.writeUInt32LE(0xffffffff, at + 4)
  expect((await decoded(streamed)).length).toBe(4800)
  expect((await decoded(streamed)).cutShort).toBe(false)
  const ds64 = Buffer.alloc(36)
  ds64.write('ds64', 0, 'latin1')
  ds64.writeUInt32LE(28, 4)
  ds64.writeBigUInt64LE(2n * 4000n, 16)
  const large = Buffer.concat([streamed.subarray(0, 12), ds64, streamed.subarray(12)])
  large.write('RF64', 0, 'latin1')
  expect((await decoded(large)).length).toBe(4000)
})

test('µ-law and A-law, as telephones have them', async () => {
  for (const [tag, bytes] of [
    [7, [0x00, 0x80, 0x7f, 0xff, 0x40, 0xc0]],
    [6, [0x2a, 0xaa, 0x55, 0xd5, 0x6a, 0xea]],
  ] as const) {
    const all = wav([new Float32Array(600)], { bits: 8 })
    all.writeUInt16LE(tag, 20)
    const data = all.indexOf('data') + 8
    for (let i = 0; i < 600; i++) all[data + i] = bytes[i % bytes.length] ?? 0
    // as audioop of Python has them: the outermost, the innermost and one value between them, of either sign
    const wanted = tag === 7 ? [-32_124, 32_124, 0, 0, -1884, 1884] : [-32_256, 32_256, -8, 8, -2016, 2016]
    expect((await decoded(all)).values.slice(0, 6).map(value => value * 2 ** 15)).toEqual(wanted)
  }
})

test('a long recording goes through a file and leaves none behind', async () => {
  const seconds = 300
  const path = join(put(temporaryFolder(), { 'long.wav': wav([tone(500, 0.3)]) }), 'long.wav')
  const header = readFileSync(path).subarray(0, readFileSync(path).indexOf('data') + 8)
  put(join(path, '..'), { 'long.wav': Buffer.concat([header, Buffer.alloc(2 * 16_000)]) })
  truncateSync(path, header.length + 2 * 16_000 * seconds) // a hole: takes no room
  const file = readFileSync(path)
  file.writeUInt32LE(0xffffffff, header.length - 4)
  file.writeInt16LE(1234, header.length + 2 * 16_000 * 299)
  put(join(path, '..'), { 'long.wav': file })
  const scratch = join(temporaryFolder(), '0.i16')
  const recording = await decodeRecording(path, { name: 'long.wav', rate: 16_000, scratch })
  expect([recording.length, existsSync(scratch)]).toEqual([16_000 * seconds, true])
  let at = 0
  for (const part of partsOf(recording, int16)) {
    const place = 16_000 * 299 - at
    if (place >= 0 && place < part.length) expect(part[place]).toBe(1234)
    at += part.length
  }
  expect([at, existsSync(scratch)]).toEqual([16_000 * seconds, false])
})

beforeEach(() => {
  vi.unstubAllEnvs()
})

test('what needs ffmpeg is decoded by it where it is on the PATH, and says what to install where not', async () => {
  const file = join(put(temporaryFolder(), { 'a call.g722': Buffer.alloc(100, 7) }), 'a call.g722')
  vi.stubEnv('PATH', temporaryFolder())
  await expect(decoded(file, 'a call.g722')).rejects.toThrow(
    'is G.722, which needs ffmpeg: install it (apt install ffmpeg, brew install ffmpeg or winget install ffmpeg) or node-av (npm install node-av), or convert it to WAV or FLAC',
  )
  // One that answers with a WAV as ffmpeg does through a pipe, if it is asked for this file
  const answer = wav([tone(500, 0.3, 8000), tone(500, 0.3, 8000)], { rate: 8000, bits: 32, floating: true })
  answer.writeUInt32LE(0xffffffff, answer.indexOf('data') + 4)
  const folder = put(temporaryFolder(), {
    'answer.wav': answer,
    ffmpeg: `#!/bin/sh\nfor word in "$@"; do [ "$word" = "file:${file}" ] && exec /bin/cat "$(/usr/bin/dirname "$0")/answer.wav"; done\necho "Invalid data found" >&2; exit 1\n`,
  })
  chmodSync(join(folder, 'ffmpeg'), 0o755)
  vi.stubEnv('PATH', folder)
  const recording = await decoded(file, 'a call.g722')
  expect([recording.rate, recording.channels, recording.length]).toEqual([8000, 1, 4800])
  expect(error(recording.values)).toBeLessThan(1e-3)
  await expect(decoded(Buffer.from('FORM....AIFF'), 'b.mp3')).rejects.toThrow(
    'cannot be decoded by ffmpeg: Invalid data found',
  )
})

test.each([
  ['RIFX....WAVE', 'big-endian WAV'],
  ['NIST_1A\n   1024\n', 'NIST SPHERE'],
])('a .wav that begins with %j is left to ffmpeg', async (beginning, kind) => {
  vi.stubEnv('PATH', temporaryFolder())
  await expect(decoded(Buffer.from(beginning), 'a.wav')).rejects.toThrow(`is ${kind}, which needs ffmpeg`)
})
