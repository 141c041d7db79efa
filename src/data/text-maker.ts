import { createHash } from 'node:crypto'
import type { ChannelOf } from '../channels/channel.js'
import type { MakerIn } from './build.js'
import { copyNotes, equalCopies } from './copies.js'
import { BYTES, storedTexts, textsOfFile } from './stored-text.js'
import { decodeText } from './text.js'
import type { Members } from './types.js'

/** Bytes of the texts of one record: beyond this somebody has put a book where a caption belongs. */
const MOST = 2 ** 20

interface Texts {
  readonly bytes: Uint8Array
  readonly digest: string
}

/** Texts of a listing, as UTF-8: tokens are made of them when a batch is gathered. */
export function textMaker(members: Members): MakerIn<Texts> {
  const digests: string[] = []
  let longest = 1
  const channel = (): ChannelOf<'text'> => ({ kind: 'text', vocabulary: BYTES, length: longest })
  return () => ({
    name: 'text',
    channel: channel(),
    workers: 16,
    bytes: members.items.reduce((sum, _, position) => sum + members.bytes(position), 0),
    async make(position) {
      const size = members.bytes(position)
      if (size > MOST) throw new Error(`has ${size} bytes; at most ${MOST} belong to one record`)
      const bytes = storedTexts(textsOfFile(decodeText((await members.read(position)).bytes)))
      if (bytes.length === 0) throw new Error('is empty')
      return { bytes, digest: createHash('sha256').update(bytes).digest('base64') }
    },
    parts: ({ bytes }) => [bytes],
    see({ bytes, digest }) {
      digests.push(digest)
      longest = Math.max(longest, bytes.length)
    },
    finish(items) {
      const copies = equalCopies(digests)
      return { channel: channel(), copies, notes: copyNotes(items, copies, 'text') }
    },
  })
}
