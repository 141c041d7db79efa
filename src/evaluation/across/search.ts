import { findImage } from '../../channels/bound.js'
import { picturesOf } from '../../data/memory.js'
import { LacunaError } from '../../errors.js'
import { type OpenedRun, runOf } from '../../runs/run.js'
import { eachCosines } from '../cosines.js'
import { openEncoder, type Pictures } from '../encoder.js'
import type { Features } from '../features.js'
import { pixelsOf } from '../picture.js'
import { withRunner } from '../with-runner.js'
import { openShared, type SharedOptions, sharedChannels } from './shared.js'

/** What is looked for: said in words, or shown. */
export type Query = { readonly text: string } | { readonly image: string | Uint8Array }

/** A record that was found. */
export interface Hit {
  /** Position in the data */
  readonly position: number
  readonly name: string
  /** Of its vector with that of the query, −1 … 1 */
  readonly cosine: number
}

export interface SearchOptions extends SharedOptions {
  /** Hits at most, default 12 */
  readonly count?: number
  readonly onProgress?: (share: number) => void
}

/**
 * The records nearest to a query, nearest first; of equal ones those that come first, and of exact copies one. Words find pictures by a run that compares
 * them, such as one of clip; a picture finds its like by any run on pictures.
 *
 * @param from the run, or its folder
 * @param data pictures, or what else the run puts into the space that words are in
 * @throws LacunaError (wrong usage) when the run cannot take such a query
 */
export async function search(
  from: string | OpenedRun,
  data: Pictures,
  query: Query,
  options: SearchOptions = {},
): Promise<Hit[]> {
  const run = runOf('search', from)
  const { asked, gallery } = await vectorsOf(run, data, query, options)
  const names = new Set(data.items.map(({ name }) => name))
  const hits: Hit[] = []
  await withRunner({ threads: options.threads }, runner =>
    eachCosines(runner, asked, gallery, cosines => {
      for (const [position, { name, copyOf }] of data.items.entries())
        if (copyOf === undefined || !names.has(copyOf))
          hits.push({ position, name, cosine: cosines[position] ?? Number.NaN })
    }),
  )
  return hits.sort((a, b) => b.cosine - a.cosine || a.position - b.position).slice(0, options.count ?? 12)
}

async function vectorsOf(
  run: OpenedRun,
  data: Pictures,
  query: Query,
  { onProgress, ...options }: SearchOptions,
): Promise<{ readonly asked: Features; readonly gallery: Features }> {
  const shared = sharedChannels(run.assembly())
  const [channel] = Object.entries(shared).find(([, { kind }]) => kind !== 'text') ?? []
  if (channel === undefined) {
    if ('text' in query)
      throw new LacunaError(
        `${run.directory}: ${run.config.method} has learnt nothing of words; take a run of clip or siglip${findImage(run.assembly().channels) === undefined ? '' : ', or give --image'}`,
        2,
      )
    const encoder = await openEncoder(run, options)
    try {
      const values = await encoder.embedPicture(query.image)
      const asked = { values, count: 1, width: values.length }
      return { asked, gallery: await encoder.embed(data, onProgress) }
    } finally {
      await encoder.close()
    }
  }
  const space = await openShared(run, options)
  try {
    const asked =
      'text' in query
        ? await space.embedTexts([query.text])
        : await space.embed(await pictured(run, query.image), channel)
    return { asked, gallery: await space.embed(data, channel, onProgress) }
  } finally {
    await space.close()
  }
}

/** One picture as data of its own, read as those of the run were. */
async function pictured(run: OpenedRun, picture: string | Uint8Array): Promise<Pictures> {
  const image = findImage(run.config.channels)
  if (image === undefined)
    throw new LacunaError(`${run.directory}: ${run.config.method} reads no pictures; give --text`, 2)
  return picturesOf(await pixelsOf(picture, run.config), { size: image.size, colours: image.colours })
}
