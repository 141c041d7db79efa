import type { Reading } from '../channels/picture-reading.js'
import type { Wanted } from './decode.js'
import type { Picture } from './picture.js'
import { FLAT } from './signature.js'

/** Keeps count of what the user should know of pictures as they are decoded. */
export function sights({ size, fit, range: asked }: Wanted) {
  let total = 0
  let [cut, paged, pages, flat, outside] = [0, 0, 0, 0, 0]
  const kinds = new Map<string, number>()

  return {
    see(picture: Picture): void {
      total++
      if (!picture.square) cut++
      if (picture.pages > 1) paged++
      pages = Math.max(pages, picture.pages)
      if (picture.signature.flat) flat++
      if (!picture.scaled) return
      kinds.set(picture.scaled.kind, (kinds.get(picture.scaled.kind) ?? 0) + 1)
      if (picture.scaled.outside > 0.001) outside++
    },
    /** @param range that was used in the end */
    notes(range: Reading['range']): string[] {
      const notes: string[] = []
      if (kinds.size > 0 && range !== 'auto') {
        const counts = [...kinds].map(([kind, count]) => `${count} of ${total} with ${kind}`).join(', ')
        const origin =
          asked === 'auto' ? 'found by looking at them' : 'as was set, by --range or by the run that they are read for'
        const beyond = outside > 0 ? `; in ${outside} of them values lie outside and were cut off` : ''
        notes.push(
          `Pictures of more than 8 bits (${counts}): ${shown(range.low)} became black and ${shown(range.high)} white, ${origin}${beyond}. --range <low>,<high> sets it.`,
        )
      }
      if (cut > 0 && fit === 'crop')
        notes.push(
          `${ofAll(cut, total, 'is not square', 'are not square')}: cut to the middle. --fit pad or --fit squash keeps all of them.`,
        )
      if (paged > 0)
        notes.push(
          `${ofAll(paged, total, 'has', 'have')} more than one page or frame, up to ${pages}: the first is taken.`,
        )
      if (flat > 0)
        notes.push(
          `${ofAll(flat, total, 'is', 'are')} nearly constant at ${size} px: the values differ by less than ${FLAT} of 255, so there is little to learn from. Where that is not so in the files, set --range <low>,<high>.`,
        )
      return notes
    },
  }
}

const ofAll = (count: number, total: number, one: string, more: string) =>
  `${count} of ${total} pictures ${count === 1 ? one : more}`

const shown = (value: number) => String(Number(value.toPrecision(6)))
