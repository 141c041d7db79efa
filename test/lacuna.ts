import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, start } from '../scripts/lacuna.js'

export { emojiImages as emoji } from '../scripts/emoji.js'
export { type Ended, main } from '../scripts/lacuna.js'
export { start }

/** Runs the built command line to its end. */
export const lacuna = (...args: string[]): Promise<Ended> => start(...args).ended

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'lacuna-test-'))
