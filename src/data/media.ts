import { extname } from 'node:path'

/** What can be seen or heard. */
export type Medium = 'image' | 'audio'

/** What the files of a folder can hold, and the members of a record be: what is seen or heard, both in time, or words about it. */
export type MemberKind = Medium | 'video' | 'text'

/** What samples are, in words: a film is one also where it is seen as its frames. */
export type SampleKind = Exclude<MemberKind, 'text'>

interface MediumWords {
  readonly one: string
  readonly many: string
  /** Of files that are looked into */
  readonly extensions: ReadonlySet<string>
  /** Of files of which several make one */
  readonly parts?: ReadonlySet<string>
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
  video: {
    one: 'film',
    many: 'films',
    // All but the last two go through ffmpeg.
    extensions: set('.mp4 .m4v .mov .webm .mkv .avi .mpg .mpeg .ts .m2ts .ogv .wmv .flv .3gp .gif .webp'),
    parts: set('.png .jpg .jpeg .jpe .tif .tiff .pgm .ppm'),
    foreign: set('.vob .rm .rmvb .asf .y4m .mxf .dv'),
    give: 'give a folder with .mp4, .webm, .avi or .gif files, or with numbered pictures such as 0001.png',
    convert: 'convert them to MP4 or numbered pictures',
  },
  audio: {
    one: 'recording',
    many: 'recordings',
    // The first row needs nothing; the others go through ffmpeg.
    extensions: set(`.wav .flac .mp3 .ogg .oga .opus
      .m4a .m4b .aac .aif .aiff .aifc .au .snd .caf .wma .amr .g722 .gsm .w64 .rf64 .spx .ac3 .ape .wv .mka .weba .mp2 .tta .sln .3ga .sph`),
    foreign: set('.mid .midi .mod .sf2 .shn .dsf .dss'),
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
export const memberKinds = ['image', 'video', 'audio', 'text'] as const satisfies readonly MemberKind[]

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

/** The same of the channels that a set or a run has. */
export const wordsIn = (channels: Readonly<Record<string, { readonly kind: string }>>) =>
  wordsOf(mediaAmong(Object.values(channels).map(({ kind }) => kind)))

/** Of what kind a file is, by its name. */
export function mediumOf(name: string): MemberKind | undefined {
  const extension = extname(name).toLowerCase()
  return memberKinds.find(medium => media[medium].extensions.has(extension))
}

/** Whether a file may be one of a kind, or a part of one, by its name: some may be of several. */
export function mayBe(name: string, kind: MemberKind): boolean {
  const extension = extname(name).toLowerCase()
  return media[kind].extensions.has(extension) || media[kind].parts?.has(extension) === true
}

/** Whether a file may be a film as a whole, by its name: animations may, and are pictures as well. */
export const mayBeFilm = (name: string): boolean => media.video.extensions.has(extname(name).toLowerCase())

/** `1 picture`, `3 recordings` */
export const countOf = (count: number, medium: MemberKind): string =>
  `${count} ${count === 1 ? media[medium].one : media[medium].many}`
