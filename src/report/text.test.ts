import { expect, test } from 'vitest'
import { escapeMarkup, fitText, textWidth, wrapText } from './text.js'

test('everything that markup could hide in is escaped, and what XML forbids is dropped', () => {
  expect(escapeMarkup(`<a href="x" on='y'> & é 🙂`)).toBe('&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt; &amp; é 🙂')
  expect(escapeMarkup('a\u0000b\u001bc\ud800d\ufffee\n')).toBe('abcde\n')
})

test('a text is cut with an ellipsis only where it does not fit', () => {
  expect(fitText('lightness', 10, 100)).toBe('lightness')
  const cut = fitText('lightness of the picture', 10, 60)
  expect(cut).toMatch(/^lightne.*…$/)
  expect(textWidth(cut, 10)).toBeLessThanOrEqual(60)
})

test('lines break between words and the last takes what is left', () => {
  const width = textWidth('food and', 10)
  expect(wrapText('food and drink', 10, width, 2)).toEqual(['food and', 'drink'])
  expect(wrapText('food and drink and more', 10, width, 2)[1]).toMatch(/^drink.*…$/)
  expect(wrapText('  ', 10, width, 2)).toEqual([])
})
