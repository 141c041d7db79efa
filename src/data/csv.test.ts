import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delimiterOf, parseCsv as parseRows } from './csv.js'

const parseCsv = (text: string, name: string) => parseRows(text, name).map(({ fields }) => fields)

test('quoted fields hold commas, line breaks and quotes', () => {
  expect(parseCsv('a,b\r\n"x, y","say ""hi""\nthere"\n', 't')).toEqual([
    ['a', 'b'],
    ['x, y', 'say "hi"\nthere'],
  ])
})

test('empty fields are kept, empty lines and the byte order mark are not', () => {
  expect(parseCsv('\uFEFFa,,c\n\n,,\n1,2,', 't')).toEqual([
    ['a', '', 'c'],
    ['', '', ''],
    ['1', '2', ''],
  ])
  expect(parseCsv('', 't')).toEqual([])
})

test('a quote inside of a plain field is itself', () => {
  expect(parseCsv('5" pipe,b', 't')).toEqual([['5" pipe', 'b']])
})

test('an unclosed quote is named by its line', () => {
  expect(() => parseCsv('a\nb\n"c', 'metadata.csv')).toThrow(
    'metadata.csv: line 3 has a misplaced or unclosed double quote',
  )
  expect(() => parseCsv('"a"b,c', 't')).toThrow('line 1')
})

test('any table comes back as it was quoted', () => {
  const row = fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') }), {
    minLength: 2,
    maxLength: 4,
  })
  fc.assert(
    fc.property(fc.array(row), rows => {
      const text = rows.map(fields => fields.map(field => `"${field.replaceAll('"', '""')}"`).join(',')).join('\n')
      expect(parseCsv(text, 't')).toEqual(rows)
    }),
  )
})

test('rows know the line they begin on, and fields end where the delimiter says', () => {
  expect(parseRows('a;b\n\n"x\ny";2\nz;3\n', 't', ';')).toEqual([
    { line: 1, fields: ['a', 'b'] },
    { line: 3, fields: ['x\ny', '2'] },
    { line: 5, fields: ['z', '3'] },
  ])
})

test.each([
  ['label,file_name\na,b', ','],
  ['label;"File_Name"\r\na;b', ';'],
  ['\uFEFFfile_name\tlabel', '\t'],
  ['file_name', ','],
  ['a;b', ';'],
  ['a|text', '|'],
  ['a, or b|file_name', '|'],
])('the delimiter of %j', (text, delimiter) => expect(delimiterOf(text, ['file_name'])).toBe(delimiter))
