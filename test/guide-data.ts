import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sharp } from '../src/data/sharp.js'
import { wav } from '../src/data/testing.js'
import { emoji as images } from './lacuna.js'

/** Pictures of each class */
const EACH = 48
const classes: Readonly<Record<string, string>> = {
  'Animals & Nature': 'animals',
  'Food & Drink': 'food',
  Objects: 'objects',
  Symbols: 'symbols',
  'Travel & Places': 'places',
}

interface Picture {
  readonly file: string
  readonly name: string
  readonly label: string
}

/**
 * What the pages of the guide say that there is, laid out in a folder: real pictures from the package
 * emoji-datasource-google under their short names, and what else lies in folders of pictures.
 */
export async function layOut(folder: string): Promise<void> {
  const pictures = chosen()
  const put = (place: string, { file }: Picture) => {
    mkdirSync(dirname(join(folder, place)), { recursive: true })
    copyFileSync(file, join(folder, place))
  }
  pictures.forEach((picture, i) => {
    const { name, label } = picture
    put(`photos/${name}.png`, picture)
    put(`class-folders/${label}/${name}.png`, picture)
    put(`split-folders/${i % 4 === 0 ? 'test' : 'train'}/${label}/${name}.png`, picture)
    if (i % 8 === 0) put(`listed/${label}/${name}.png`, picture)
    if (i % 8 === 1) put(`films/film${Math.floor(i / 32)}_${i % 32}.png`, picture)
    if (i % 6 === 2) put(`mixed/${name}.png`, picture)
    put(`captioned/${name}.png`, picture)
    writeFileSync(join(folder, `captioned/${name}.txt`), `${label}: ${name.replaceAll('_', ' ')}\n`)
  })
  await layOutOddities(join(folder, 'mixed'), pictures)
  await layOutIdx(join(folder, 'digits'), pictures.slice(0, 100))
  layOutRecordings(join(folder, 'recordings'))
  layOutFilms(join(folder, 'clips'))
}

/** Six films of numbered pictures in which a square goes to and fro, and a picture that is no frame of any. */
function layOutFilms(folder: string): void {
  const [width, height] = [48, 36]
  for (let film = 0; film < 6; film++)
    for (let t = 0; t < 30; t++) {
      const left = Math.round(18 + 14 * Math.sin(t / 4 + film))
      const shade = (x: number, y: number) =>
        x >= left && x < left + 9 && Math.abs(y - 8 - 3 * film) < 5 ? 220 : 40 + y
      const frame = Uint8Array.from({ length: width * height }, (_, i) => shade(i % width, Math.floor(i / width)))
      const place = join(folder, film % 3 === 2 ? 'test' : 'train', `${film}`, `${`${t}`.padStart(3, '0')}.pgm`)
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(place, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), frame]))
    }
}

/** Two voices of 12 recordings each, two calls of a telephone in stereo, and one in which nobody speaks. */
function layOutRecordings(folder: string): void {
  const write = (place: string, bytes: Buffer) => {
    mkdirSync(dirname(join(folder, place)), { recursive: true })
    writeFileSync(join(folder, place), bytes)
  }
  for (const [speaker, pitch] of [['anna', 220] as const, ['ben', 110] as const])
    for (let i = 0; i < 12; i++) write(`${speaker}/${i}.wav`, wav([spoken(pitch, i, i === 0 ? 3 : 1)]))
  for (let i = 0; i < 2; i++) {
    const call = spoken(160, 40 + i, 2.5, 8000)
    write(`calls/${i}.wav`, wav([call, call.map(value => value / 2)], { rate: 8000 }))
  }
  write('quiet.wav', wav([new Float32Array(16_000)]))
}

/** Something like syllables: overtones of a pitch that swell and fade, each louder or fainter in its turn. */
const spoken = (pitch: number, which: number, seconds: number, rate = 16_000): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    const [time, syllable] = [i / rate, Math.floor((5 * i) / rate)]
    const swell = Math.sin(Math.PI * ((5 * time) % 1)) ** 2
    const overtones = [1, 2, 3, 4, 5, 6].map(
      k => Math.sin(2 * Math.PI * k * pitch * time) * (1 + Math.cos(which + k * syllable)) ** 2,
    )
    return 0.04 * swell * overtones.reduce((sum, value) => sum + value, 0)
  })

function chosen(): Picture[] {
  const all = JSON.parse(readFileSync(join(images, '../../../emoji.json'), 'utf8')) as {
    readonly category: string
    readonly image: string
    readonly short_name: string
    readonly has_img_google: boolean
  }[]
  const sorted = Object.entries(classes).map(([category, label]) =>
    all
      .filter(each => each.category === category && each.has_img_google && /^[a-z_]+$/.test(each.short_name))
      .slice(0, EACH)
      .map(({ image, short_name: name }) => ({ file: join(images, image), name, label })),
  )
  return Array.from({ length: EACH }, (_, i) => sorted.flatMap(each => each[i] ?? [])).flat()
}

/** Pictures that are not square, damaged, or of kinds that cannot be read, and a file that is no picture. */
async function layOutOddities(folder: string, pictures: readonly Picture[]): Promise<void> {
  const [first, second] = pictures
  if (first === undefined || second === undefined) throw new Error('no pictures')
  await sharp(first.file).resize(96, 64, { fit: 'fill' }).toFile(join(folder, 'wide.jpg'))
  writeFileSync(join(folder, 'broken.png'), readFileSync(second.file).subarray(0, 900))
  writeFileSync(join(folder, 'drawing.psd'), '8BPS')
  writeFileSync(join(folder, 'notes.txt'), 'bought in May')
}

/** The files of MNIST, with 28 px grey pictures and the classes as numbers. */
async function layOutIdx(folder: string, pictures: readonly Picture[]): Promise<void> {
  mkdirSync(folder)
  const names = Object.values(classes)
  for (const [part, own] of [['train', pictures.slice(0, 80)] as const, ['t10k', pictures.slice(80)] as const]) {
    const pixels = await Promise.all(
      own.map(({ file }) =>
        sharp(file).flatten({ background: 'white' }).resize(28, 28).toColourspace('b-w').raw().toBuffer(),
      ),
    )
    writeFileSync(
      join(folder, `${part}-images-idx3-ubyte`),
      Buffer.concat([header(0x803, own.length, 28, 28), ...pixels]),
    )
    const labels = Buffer.from(own.map(({ label }) => names.indexOf(label)))
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), Buffer.concat([header(0x801, own.length), labels]))
  }
}

function header(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  numbers.forEach((value, i) => {
    bytes.writeUInt32BE(value, 4 * i)
  })
  return bytes
}
