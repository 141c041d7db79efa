/** Families that a browser or librsvg finds on the usual systems; where none exists the text is left out. */
export const sansSerif =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML and SVG, in an element or an attribute. Characters that XML forbids are dropped. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, character => entities[character] ?? '')
}

/**
 * Width of a line in a wide sans-serif font, estimated: there is no font to measure where a picture is laid out.
 *
 * @param size of the font, in pixels
 * @returns pixels
 */
export function textWidth(text: string, size: number): number {
  let width = 0
  for (const character of text) width += advance(character)
  return width * size
}

/** How much wider bold letters are. */
export const boldness = 1.1

/** One line no wider than `width` pixels, with an ellipsis where it was cut. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  const characters = [...text]
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) > width) characters.pop()
  return `${characters.join('').trimEnd()}…`
}

/** Breaks a text between words into at most `lines` lines of `width` pixels; the last is cut where it is too long. */
export function wrapText(text: string, size: number, width: number, lines: number): string[] {
  const wrapped: string[] = []
  let rest = text.split(/\s+/).filter(word => word !== '')
  while (rest.length > 0) {
    const words = wrapped.length === lines - 1 ? rest.length : wordsThatFit(rest, size, width)
    wrapped.push(fitText(rest.slice(0, words).join(' '), size, width))
    rest = rest.slice(words)
  }
  return wrapped
}

function wordsThatFit(words: readonly string[], size: number, width: number): number {
  let count = 1
  while (count < words.length && textWidth(words.slice(0, count + 1).join(' '), size) <= width) count++
  return count
}

/** In parts of the font size, as DejaVu Sans and Verdana are cut: the widest of the usual system fonts. */
function advance(character: string): number {
  if (/[iljtfrI.,:;'|!()[\] ]/.test(character)) return 0.37
  if (/[mwMW@%—…+=<>±]/.test(character)) return 0.88
  if (/[A-Z]/.test(character)) return 0.7
  return character < '\u{2000}' ? 0.62 : 1
}
