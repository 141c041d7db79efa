import { media, type SampleKind } from '../data/media.js'
import type { Preview } from '../training/preview.js'
import { cellOf } from './cells.js'
import type { Gallery } from './report.js'
import { pictureSheet } from './sheet.js'
import { soundsFor } from './sound.js'
import { animation, thumbnail } from './thumbnail.js'
import { capital } from './words.js'

/** A row a picture: as stored, and what the method shows, guesses and hides; below it what to know of the guesses. */
export async function previewSheet(title: string | undefined, preview: Preview): Promise<Uint8Array> {
  const { columns, names } = preview
  return pictureSheet({
    title,
    columns: columns.map(column => column.title),
    rows: names.map((_, i) => ({
      pictures: columns.map(column => {
        const { picture, caption } = cellOf(column, i)
        return { ...picture, caption }
      }),
    })),
    notes: notesOf(preview),
  })
}

/** The same for a page, with the names of the pictures. */
export async function viewsOf(
  preview: Preview,
  medium: SampleKind = 'image',
  sounds = soundsFor(false),
): Promise<Gallery> {
  const { columns, names } = preview
  const rows = names.map((name, i) =>
    Promise.all(
      columns.map(async (column, c) => {
        const { picture, caption, sound, frames = [] } = cellOf(column, i)
        const heard = sound && sounds.of(sound.wave, sound.rate)
        const shown = {
          ...(column.kind !== 'text' && { source: await (frames.length > 1 ? animation(frames) : thumbnail(picture)) }),
          label: caption,
          ...(c === 0 && { name }),
        }
        return heard === undefined ? shown : { ...shown, sound: heard }
      }),
    ),
  )
  return {
    caption: [`${capital(media[medium].many)} as stored, and what the method makes of them.`, ...notesOf(preview)].join(
      ' ',
    ),
    columns: columns.map(({ title }) => title),
    rows: await Promise.all(rows),
  }
}

/** What to know before believing one's eyes: that a network is untrained, and what a guess was told. */
export function notesOf({ columns, trained }: Preview): string[] {
  const guesses = columns.filter(({ guessed }) => guessed)
  const untrained = trained || guesses.length === 0 ? [] : ['The network is untrained: what it guesses is not learnt.']
  return [...untrained, ...columns.flatMap(({ note }) => (note === undefined ? [] : [note]))]
}
