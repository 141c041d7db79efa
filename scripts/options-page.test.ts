import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { optionsPage, variables } from './options-page.js'

test('the page of options is as the command line has them: `npm run options` writes it anew', () => {
  expect(readFileSync('docs/guide/options.md', 'utf8')).toBe(optionsPage())
})

test('each of its tables names an option once', () => {
  const sections = optionsPage().split(/^##+ /m)
  for (const section of sections) {
    const named = Array.from(section.matchAll(/^\| `([^`]+)`/gm), ([, name = '']) => name)
    expect(named).toEqual([...new Set(named)])
  }
})

test('the variables are those that the program reads', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  const text = sources.map(name => readFileSync(`src/${name}`, 'utf8')).join('\n')
  const read = new Set(Array.from(text.matchAll(/process\.env\.(LACUNA_\w+)/g), ([, name = '']) => name))
  expect([...read].sort()).toEqual(Object.keys(variables).sort())
})
