/** Writes down in `dist/methods.json` what `lacuna methods` says, which then loads no method: part of `npm run build`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { described } from '#lacuna/methods/described.js'
import { methods } from '#lacuna/methods/index.js'

writeFileSync(join('dist', 'methods.json'), JSON.stringify(methods.map(described)))
