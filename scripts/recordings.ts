/**
 * Real recordings to train on and to be asked about: 8 hours of speech in 15 languages, from Debian packages. Leaves in
 * `runs/recordings`
 *   pretrain/   tuxpaint (spoken captions), fillets (two fish who talk), asterisk (prompts of a telephone exchange); one caption,
 *               level or prompt in twenty is held out
 *   language/   Spanish, French and Russian: learnt from tuxpaint, told in asterisk, so that no voice is in both
 *   speaker/    the small fish or the big one, by episode; in Czech and in Dutch, each with voices of its own
 *   word/       the 26 words of the spelling alphabet, learnt in four languages and told in the fifth
 *   phone/      620 sentences of one Russian reader, each phone with its time (`lab`)
 *
 * usage: npm run recordings [-- FOLDER]
 * Needs apt-get and dpkg-deb (Debian, Ubuntu); downloads 540 MB once and installs nothing. The prompts are G.722, which Lacuna
 * reads through ffmpeg.
 */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { joinEqual } from '#lacuna/data/groups.js'
import { withPackages } from './debian.js'

const voices = {
  en: 'en_US_f_Allison',
  es: 'es_MX_f_Allison',
  fr: 'fr_CA_f_June',
  it: 'it_IT_m_Carlo',
  ru: 'ru_RU_f_IvrvoiceRU',
} as const
const packages = [
  'tuxpaint-stamps-default',
  'fillets-ng-data',
  'fillets-ng-data-cs',
  'fillets-ng-data-nl',
  ...Object.keys(voices).map(language => `asterisk-core-sounds-${language}-g722`),
  'festvox-ru',
]

/** One recording, and what is known of it. */
interface Recording {
  readonly from: string
  /** Below the folder that all are kept in */
  readonly to: string
  readonly corpus: 'tuxpaint' | 'fillets' | 'asterisk' | 'festvox'
  readonly language: string
  /** What no split parts: a caption, an episode, a prompt, a sentence */
  readonly group: string
  readonly speaker?: string
  readonly text?: string
}

async function lay(root: string): Promise<void> {
  const partial = `${out}.partial`
  rmSync(partial, { recursive: true, force: true })
  const share = join(root, 'usr', 'share')
  const pretrain = copiesTogether([...tuxpaint(share), ...fillets(share), ...asterisk(share)])
  const phones = festvox(share)
  for (const { from, to } of [...pretrain, ...phones]) copy(from, join(partial, to))
  for (const { from, to } of phones) copy(labOf(from), labOf(join(partial, to)))

  writeTable(
    join(partial, 'pretrain'),
    heldOut(pretrain, 20).map(one => ({ ...one, to: one.to.slice('pretrain/'.length) })),
  )
  const of = (corpus: Recording['corpus'], ...languages: string[]) =>
    pretrain.filter(one => one.corpus === corpus && languages.includes(one.language))
  const told = ['es', 'fr', 'ru']
  task(partial, 'language', [
    ...of('tuxpaint', ...told).map(one => ({ ...one, split: 'train' })),
    ...of('asterisk', ...told).map(one => ({ ...one, split: 'test' })),
  ])
  for (const language of ['cs', 'nl'])
    task(
      partial,
      `speaker-${language}`,
      inFifths(of('fillets', language).filter(({ speaker }) => speaker !== undefined)),
    )
  const words = of('asterisk', ...Object.keys(voices)).filter(({ to }) => wordOf(to) !== undefined)
  task(
    partial,
    'word',
    words.map(one => ({
      ...one,
      group: one.to,
      word: wordOf(one.to),
      split: one.language === 'fr' ? 'test' : 'train',
    })),
  )
  writeTable(
    join(partial, 'phone'),
    inFifths(phones).map(one => ({ ...one, to: one.to.slice('phone/'.length) })),
  )
  mkdirSync(dirname(out), { recursive: true })
  renameSync(partial, out)
  console.log(`${pretrain.length} recordings to train on, ${phones.length} with their phones: ${out}`)
}

/** Captions of stamps: `owl_desc_fr.ogg`, in English `owl_desc.ogg`; the text is in `owl.txt`. */
function tuxpaint(share: string): Recording[] {
  const root = join(share, 'tuxpaint', 'stamps')
  return filesIn(root).flatMap(file => {
    const [, stamp, language = 'en'] = /^(.*)_desc(?:_([a-z]+))?\.ogg$/.exec(file) ?? []
    if (stamp === undefined) return []
    const to = `pretrain/tuxpaint/${language}/${flat(stamp)}.ogg`
    const text = captionOf(join(root, `${stamp}.txt`), language)
    return { from: join(root, file), to, corpus: 'tuxpaint', language, group: stamp, text }
  })
}

function captionOf(path: string, language: string): string | undefined {
  if (!existsSync(path)) return undefined
  const [english, ...others] = readFileSync(path, 'utf8').split('\n')
  if (language === 'en') return english
  return others.find(line => line.startsWith(`${language}.utf8=`))?.split('=')[1]
}

/** Two fish, the small one (m) and the big one (v), who talk through the levels of a game: `city/cs/vit-m-hlava.ogg`. */
function fillets(share: string): Recording[] {
  const root = join(share, 'games', 'fillets-ng', 'sound')
  const fish = { m: 'small', v: 'big' } as const
  return filesIn(root).flatMap(file => {
    const [, episode, language, name] = /^([^/]+)\/(cs|nl)\/(.*)\.ogg$/.exec(file) ?? []
    if (episode === undefined || language === undefined || name === undefined) return []
    const speaker = fish[name.split('-')[1] as 'm' | 'v']
    const to = `pretrain/fillets/${language}/${episode}-${flat(name)}.ogg`
    return { from: join(root, file), to, corpus: 'fillets', language, group: episode, speaker }
  })
}

function asterisk(share: string): Recording[] {
  return Object.entries(voices).flatMap(([language, voice]) => {
    const root = join(share, 'asterisk', 'sounds', voice)
    const spoken = filesIn(root).filter(file => file.endsWith('.g722') && !file.startsWith('silence/'))
    return spoken.map((file): Recording => {
      const prompt = flat(file.slice(0, -'.g722'.length))
      const to = `pretrain/asterisk/${language}/${prompt}.g722`
      return { from: join(root, file), to, corpus: 'asterisk', language, group: prompt, speaker: voice }
    })
  })
}

function festvox(share: string): Recording[] {
  const root = join(share, 'festival', 'voices', 'russian', 'msu_ru_nsh_clunits')
  const texts = new Map(
    readFileSync(join(root, 'etc', 'txt.done.data'), 'utf8')
      .split('\n')
      .map(line => [/^\( (\S+) /.exec(line)?.[1] ?? '', /"(.*)"/.exec(line)?.[1]]),
  )
  return filesIn(join(root, 'wav')).map(file => {
    const sentence = basename(file, '.wav')
    const from = join(root, 'wav', file)
    return {
      from,
      to: `phone/wav/${file}`,
      corpus: 'festvox',
      language: 'ru',
      group: sentence,
      text: texts.get(sentence),
    }
  })
}

const labOf = (wav: string): string => join(dirname(wav), '..', 'lab', `${basename(wav, '.wav')}.lab`)

/** A folder of links to recordings, with a table that says what is to be told of each. */
function task(folder: string, name: string, recordings: readonly (Recording & { readonly split: string })[]): void {
  mkdirSync(join(folder, name))
  symlinkSync(join('..', 'pretrain'), join(folder, name, 'recordings'))
  writeTable(
    join(folder, name),
    recordings.map(one => ({ ...one, to: one.to.replace(/^pretrain/, 'recordings') })),
  )
}

function writeTable(folder: string, recordings: readonly Recording[]): void {
  const rows = recordings.map(({ from: _, to, ...known }) => JSON.stringify({ file_name: to, ...known }))
  writeFileSync(join(folder, 'metadata.jsonl'), `${rows.join('\n')}\n`)
}

/** The letter of the spelling alphabet that is said. */
const wordOf = (path: string): string | undefined => /\/phonetic-([a-z])_p\.g722$/.exec(path)?.[1]

/** One recording in seven of tuxpaint is a copy of another: those are of one group. */
function copiesTogether(recordings: readonly Recording[]): Recording[] {
  const digests = recordings.map(({ from }) => createHash('sha256').update(readFileSync(from)).digest('hex'))
  const items = recordings.map(({ to, group }) => ({ name: to, label: undefined, group, split: undefined }))
  const joined = joinEqual(items, digests)
  return recordings.map((one, i) => ({ ...one, group: joined[i]?.group ?? one.group }))
}

/** One group in so many is for the test. */
function heldOut<One extends Recording>(
  recordings: readonly One[],
  inSoMany: number,
): (One & { readonly split: string })[] {
  const groups = new Map([...new Set(recordings.map(({ group }) => group))].sort().map((group, i) => [group, i]))
  const isTest = ({ group }: One) => (groups.get(group) ?? 0) % inSoMany === 2
  return recordings.map(one => ({ ...one, split: isTest(one) ? 'test' : 'train' }))
}
const inFifths = <One extends Recording>(recordings: readonly One[]) => heldOut(recordings, 5)

const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort()

const flat = (path: string): string => path.replaceAll('/', '-')

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

const out = resolve(parseArgs({ allowPositionals: true }).positionals[0] ?? join('runs', 'recordings'))
if (existsSync(out)) console.log(`${out} is there already; remove it to make it anew`)
else await withPackages(packages, lay)
