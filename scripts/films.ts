/**
 * Films to train on and to be asked about. Leaves in `runs/films`
 *   bouncing/   200 made films of 48 frames, one shape each that bounces off the walls of a dark room, one in five for the test
 *   vtest.avi   people who walk over a square: 795 frames, from OpenCV
 *   mire-2/     a camera before a target: 501 grey frames, from ViSP
 *   cube/       a camera around a cube: 218 grey frames, from ViSP
 *
 * usage: npm run films [-- FOLDER]
 * Needs apt-get and dpkg-deb (Debian, Ubuntu); downloads 170 MB once and installs nothing. The AVI is read through ffmpeg.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeBouncingShapes } from './bouncing-shapes.js'
import { withPackages } from './debian.js'

const { positionals } = parseArgs({ allowPositionals: true })
const out = resolve(positionals[0] ?? join('runs', 'films'))
const places = {
  'vtest.avi': 'usr/share/doc/opencv-doc/examples/data/vtest.avi',
  'mire-2': 'usr/share/visp-images-data/ViSP-images/mire-2',
  cube: 'usr/share/visp-images-data/ViSP-images/mbt/cube',
}

if (existsSync(out)) console.log(`${out} is there already; remove it to make it anew`)
else
  await withPackages(['opencv-doc', 'visp-images-data'], async root => {
    const partial = `${out}.partial`
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    for (const [name, place] of Object.entries(places))
      cpSync(join(root, place), join(partial, name), { recursive: true })
    writeBouncingShapes(join(partial, 'bouncing'))
    renameSync(partial, out)
    console.log(`${out}: 200 made films and three real ones`)
  })
