import { Option } from 'commander'
import { helpOf, rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings, Row, Rows, TrainingSettings } from '../settings/types.js'

/** The option of the command line that a setting is; what is typed that is no value of it is told by whoever checks. */
export function optionOf(row: Row<unknown>): Option {
  const option = new Option(row.flag, helpOf(row))
  if (row.kind.choices) option.choices(row.kind.choices)
  return row.kind.bare ? option : option.argParser(row.kind.parse)
}

/** What was typed of these settings, by their names; values are still to be checked. */
function typed<Settings>(rows: Rows<Settings>, typed: object): Settings {
  const words = new Map(Object.entries(typed))
  const found = rowsOf(rows).flatMap(([name, row]) => {
    const value = words.get(new Option(row.flag).attributeName())
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(found) as Settings
}

export const typedTraining = (words: object): TrainingSettings => typed(trainingSettings, words)
export const typedData = (words: object): DataSettings => typed(dataSettings, words)
