import type { RunReport } from '../report.js'
import { worded } from '../words.js'
import { note, section, table } from './markup.js'

/** Whether the vectors differ, and fill their dimensions. */
export function health({ health: found, medium = 'image' }: RunReport): string {
  if (found === undefined) return ''
  const { deviation, cosine, rank, width, pictures } = found
  const most = Math.min(width, pictures)
  return section(
    'Health of the vectors',
    table(
      ['here', 'healthy', 'collapsed'],
      [
        {
          name: 'deviation of a dimension',
          cells: [`<b>${deviation.toFixed(4)}</b>`, `near ${(1 / Math.sqrt(width)).toFixed(4)}`, '0'],
        },
        { name: worded('cosine of two pictures', medium), cells: [`<b>${cosine.toFixed(3)}</b>`, 'well below 1', '1'] },
        { name: `dimensions filled, of ${most}`, cells: [`<b>${rank.toFixed(1)}</b>`, 'well above 1', '1'] },
      ],
    ),
    note(
      worded(
        `Of the vectors of ${pictures.toLocaleString('en')} pictures, brought to length 1. Deviation: the spread of each of the ${width} numbers over the pictures; 1/√${width} when vectors point everywhere alike, 0 when all are one. Cosine: the mean over pairs; where an encoder ends in numbers that are never negative, it is above 0 in good health too. Dimensions filled: the effective rank (RankMe).`,
        medium,
      ),
    ),
  )
}
