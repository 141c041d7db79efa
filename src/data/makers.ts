import type { Reading } from '../channels/picture-reading.js'
import type { MakerIn } from './build.js'
import { filmMaker } from './film-maker.js'
import type { MemberKind } from './media.js'
import { pictureMaker } from './picture-maker.js'
import { recordingMaker } from './recording-maker.js'
import { textMaker } from './text-maker.js'
import type { Listing, Members, Opening } from './types.js'

/** How members are made, where there is something to be said of it. */
export interface MembersWanted extends Pick<Opening, 'signal' | 'workers'> {
  readonly size: number
  readonly channels: 1 | 3
  readonly reading: Reading
  /** Of films: frames a second */
  readonly fps?: number | undefined
}

/** Of a film and its sound: both are in one file, and begin at the same moment */
interface Together extends MembersWanted {
  readonly heard?: boolean
}

const makers: { readonly [M in MemberKind]: (members: Members, wanted: Together) => MakerIn<object> } = {
  image: (members, wanted) => folder => pictureMaker(members, wanted, folder),
  video: filmMaker,
  audio: recordingMaker,
  text: textMaker,
}

/** What makes the members of the records of a listing, one for each kind. */
export const makersFor = (media: readonly MemberKind[], listing: Listing, wanted: MembersWanted): MakerIn<object>[] =>
  media.map(medium =>
    makers[medium](membersOf(listing, medium), {
      ...wanted,
      heard: media.includes('video') && media.includes('audio'),
    }),
  )

/** How a member of the records of a listing is read. */
export const membersOf = (listing: Listing, medium: MemberKind): Members =>
  listing.members === undefined ? listing : { ...ofKind(listing, medium), items: listing.items }

function ofKind({ members }: Listing, medium: MemberKind): Omit<Members, 'items'> {
  const found = members?.[medium]
  if (found === undefined) throw new Error(`the reader of these records says nothing of how their ${medium} is read`)
  return found
}
