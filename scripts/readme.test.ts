import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { experiments, headingOf } from './experiments.js'
import { readRecord } from './records.js'

const rowsOf = (text: string) => text.split('\n').filter(line => /^\| `/.test(line))
/** As headings of a page are linked to. */
const anchor = (heading: string) => heading.toLowerCase().replaceAll(' ', '-')

test('the README links each method to what it has reached, and to nothing that is not there', () => {
  const rows = rowsOf(readFileSync('README.md', 'utf8').split('## Command line')[0] ?? '')
  const headings = [...readFileSync('docs/results.md', 'utf8').matchAll(/^## (.*)$/gm)].map(
    ([, heading = '']) => heading,
  )
  const measured = experiments.filter(
    ({ name, insteadOf, products }) =>
      insteadOf === undefined && products === undefined && readRecord(name) !== undefined,
  )
  for (const row of rows) {
    const [, names = '', , , reached = ''] = row.split('|')
    const methods = [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    const own = measured.filter(({ method }) => methods.includes(method))
    const wanted = own.map(one => anchor(headingOf(one)))
    const linked = [...reached.matchAll(/docs\/results\.md#([^)]+)\)/g)].map(([, to = '']) => to)
    expect(linked, row).toEqual(wanted)
    for (const to of linked) expect(headings.map(anchor)).toContain(to)
    if (wanted.length === 0) expect(reached.trim()).toBe('not measured yet')
  }
  expect(rows).toHaveLength(17)
})
