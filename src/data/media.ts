import { extname } from 'node:path'

/** What can be seen or heard. */
export type Medium = 'image' | 'audio'

/** What the files of a folder can hold, and the members of a record be: a medium, or words about it. */
export type MemberKind = Medium | 'text'

interface MediumWords {
  readonly one: string
  readonly many: string
  /** Of files that are looked into */
  readonly extensions: ReadonlySet<string>
  /** Of files that hold the like, but that nobody expects to be read: one should know */
  readonly foreign: ReadonlySet<string>
  /** What a folder should have */
  readonly give: string
  /** What to do with files that cannot be read */
  readonly convert: string
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

export const media: { readonly [M in MemberKind]: MediumWords } = {
  image: {
    one: 'picture',
    many: 'pictures',
    // The last row cannot always be decoded, but its loss must be reported rather than pass unseen.
    extensions: set(`.png .jpg .jpeg .jpe .jfif .webp .gif .tif .tiff .avif .svg
      .bmp .heic .heif .jxl .jp2`),
    foreign: set(
      '.psd .ico .tga .exr .hdr .ppm .pgm .pbm .dcm .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf .nii .fits .pdf .eps',
    ),
    give: 'give a folder with .png, .jpg, .webp, .gif, .tif, .avif or .svg files',
    convert: 'convert them to JPEG or PNG',
  },
  audio: {
    one: 'recording',
    many: 'recordings',
    // The first row needs nothing; the others go through ffmpeg.
    extensions: set(`.wav .flac .mp3 .ogg .oga .opus
      .m4a .m4b .aac .aif .aiff .aifc .au .snd .caf .wma .amr .g722 .gsm .w64 .rf64 .spx .ac3 .ape .wv .mka .weba .mp2 .tta .sln .3ga`),
    foreign: set('.mid .midi .mod .sf2 .sph .shn .dsf .dss'),
    give: 'give a folder with .wav, .flac, .mp3, .ogg or .opus files',
    convert: 'convert them to WAV or FLAC',
  },
  text: {
    one: 'caption',
    many: 'captions',
    extensions: set('.txt .caption'),
    foreign: set(''),
    give: 'give a folder with .txt files',
    convert: 'save them as plain text in UTF-8',
  },
}

/** The kinds of files, in the order in which the members of a record are told: its first member gives a record its name. */
export const memberKinds = ['image', 'audio', 'text'] as const satisfies readonly MemberKind[]

/** Those of some kinds of channels that files can hold, in their order. */
export const mediaAmong = (kinds: readonly string[]): MemberKind[] =>
  memberKinds.filter(medium => kinds.includes(medium))

/** Records of several members: `picture with its caption`, `pictures with their captions` */
export function wordsOf(wanted: readonly MemberKind[]): Pick<MediumWords, 'one' | 'many'> {
  const [first, ...others] = wanted.map(medium => media[medium])
  if (first === undefined) return { one: 'record', many: 'records' }
  const rest = (words: readonly string[]) => words.join(' and ')
  if (others.length === 0) return first
  return {
    one: `${first.one} with its ${rest(others.map(({ one }) => one))}`,
    many: `${first.many} with their ${rest(others.map(({ many }) => many))}`,
  }
}

/** Of what kind a file is, by its name. */
export function mediumOf(name: string): MemberKind | undefined {
  const extension = extname(name).toLowerCase()
  return memberKinds.find(medium => media[medium].extensions.has(extension))
}

/** `1 picture`, `3 recordings` */
export const countOf = (count: number, medium: MemberKind): string =>
  `${count} ${count === 1 ? media[medium].one : media[medium].many}`
