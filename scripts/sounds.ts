/**
 * Pictures and films with their sounds. Leaves in `runs/sounds`
 *   shapes/   600 made films of 2 s: what is seen, a disc, square, triangle or cross of any colour, tells what is heard; one in five for the test
 *   qabcs/    241 drawings of animals, instruments, toys and other things, each with the noise that it makes, from a game for children; one in five for the test
 *
 * usage: npm run sounds [-- FOLDER]
 * Needs apt-get and dpkg-deb (Debian, Ubuntu) and the ffmpeg on the PATH; downloads 34 MB once and installs nothing.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { withPackages } from './debian.js'
import { writeSoundingShapes } from './sounding-shapes.js'

const { positionals } = parseArgs({ allowPositionals: true })
const out = resolve(positionals[0] ?? join('runs', 'sounds'))

if (existsSync(out)) console.log(`${out} is there already; remove it to make it anew`)
else
  await withPackages(['qabcs-data'], async root => {
    const partial = `${out}.partial`
    rmSync(partial, { recursive: true, force: true })
    const pairs = copyPairs(join(root, 'usr/share/qabcs/abcs/all'), join(partial, 'qabcs'))
    writeSoundingShapes(join(partial, 'shapes'))
    renameSync(partial, out)
    console.log(`${out}: 600 made films and ${pairs} drawings with their noises`)
  })

/** `train/animals/cow.png` and `cow.ogg` beside it */
function copyPairs(from: string, to: string): number {
  const noises = new Map(readdirSync(join(from, 'noises')).map(file => [parse(file).name, file]))
  let count = 0
  for (const kind of readdirSync(join(from, 'pics')).sort())
    for (const file of readdirSync(join(from, 'pics', kind)).sort()) {
      const { name } = parse(file)
      const noise = noises.get(name)
      if (noise === undefined) continue
      const place = join(to, count++ % 5 === 4 ? 'test' : 'train', kind)
      mkdirSync(place, { recursive: true })
      copyFileSync(join(from, 'pics', kind, file), join(place, file))
      copyFileSync(join(from, 'noises', noise), join(place, noise))
    }
  return count
}
