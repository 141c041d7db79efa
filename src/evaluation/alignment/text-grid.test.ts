import { expect, test } from 'vitest'
import { parseTextGrid, phoneTier } from './text-grid.js'

const long = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.5
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "say ""7"" <now> ! 3"
    item [2]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 1.5
        points: size = 1
        points [1]:
            number = 0.25
            mark = "x"
    item [3]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1e-1
            text = ""
        intervals [2]:
            xmin = 1e-1
            xmax = 1.5
            text = "s "
`
const short = `File type = "ooTextFile"
Object class = "TextGrid"

0
1.5
<exists>
3
"IntervalTier"
"words"
0
1.5
1
0
1.5
"say ""7"" <now> ! 3"
"TextTier"
"clicks"
0
1.5
1
0.25
"x"
"IntervalTier"
"phones"
0
1.5
2
0
0.1
""
0.1
1.5
"s"
`

test.each([
  ['long', long],
  ['short', short],
])('tiers of intervals of a %s file', (_, text) => {
  const tiers = parseTextGrid(text, 'a.TextGrid')
  expect(tiers).toEqual([
    { name: 'words', segments: [{ start: 0, end: 1.5, label: 'say "7" <now> ! 3' }] },
    {
      name: 'phones',
      segments: [
        { start: 0, end: 0.1, label: '' },
        { start: 0.1, end: 1.5, label: 's' },
      ],
    },
  ])
  expect(phoneTier(tiers)?.name).toBe('phones')
})

test('without a name that says so the finest tier is that of phones', () => {
  const tier = (name: string, count: number) => ({
    name,
    segments: Array(count).fill({ start: 0, end: 1, label: 'a' }),
  })
  expect(phoneTier([tier('one', 2), tier('two', 5), tier('three', 3)])?.name).toBe('two')
  expect(phoneTier([])).toBeUndefined()
})

test('a file that is cut, or another, is refused', () => {
  expect(() => parseTextGrid(long.slice(0, 700), 'a.TextGrid')).toThrow('a.TextGrid: is no TextGrid that can be read')
  expect(() => parseTextGrid('File type = "ooTextFile"\n"Sound"', 'a.TextGrid')).toThrow('is no TextGrid: it begins')
  expect(() => parseTextGrid('', 'a.TextGrid')).toThrow('it ends too early')
})
