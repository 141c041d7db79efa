/** Writes `docs/guide/options.md` anew. */
import { writeFileSync } from 'node:fs'
import { optionsPage } from './options-page.js'

const page = 'docs/guide/options.md'
writeFileSync(page, optionsPage())
console.log(page)
