import type { Evaluation } from 'lacuna'
import type { Scores } from '#lacuna/evaluation/index.js'
import { scoresOf } from './results-figures.js'

/** Points by which training has paid when it is beyond what chance and a lucky draw give. */
const CLEAR = 5
const others = { random: 'random initialisation', raw: 'raw pixels' } as const
type Other = keyof typeof others

/**
 * By how many points the trained encoder is above the random one and above raw pixels, in each column of the table, and a
 * sentence that says whether it is clearly so in all of them.
 */
export function marginsText(evaluation: Evaluation): string {
  const columns = scoresOf(evaluation).flatMap(({ title, of }) => [
    { title, scores: of.mean },
    { title: `${title}, balanced`, scores: of.balanced.mean },
  ])
  const width = Math.max(...columns.map(({ title }) => title.length))
  const lines = columns.map(({ title, scores }) => {
    const margins = keys.map(other => `${signed(pointsAbove(scores, other))} above ${others[other]}`)
    return `${title.padEnd(width)}   ${margins.join('   ')}`
  })
  return ['Points of trained:', ...lines, '', verdict(columns)].join('\n')
}

const keys = ['random', 'raw'] as const satisfies readonly Other[]
const pointsAbove = (scores: Scores, other: Other): number => 100 * (scores.trained - scores[other])
const signed = (points: number): string => `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`.padStart(5)

function verdict(columns: readonly { title: string; scores: Scores }[]): string {
  const all = columns.flatMap(({ title, scores }) =>
    keys.map(other => ({ title, other, points: pointsAbove(scores, other) })),
  )
  const short = all.filter(({ points }) => points < CLEAR)
  if (short.length === 0) {
    const least = keys.map(key => Math.min(...all.filter(({ other }) => other === key).map(({ points }) => points)))
    const said = keys.map((key, i) => `${least[i]?.toFixed(1)} above ${others[key]}`)
    return `Without any label it has learnt what tells these pictures apart: in every column ${said.join(' and ')}, or more.`
  }
  const said = short.map(({ title, other, points }) => `${title}: ${signed(points).trim()} above ${others[other]}`)
  return `Not clear everywhere: less than ${CLEAR} points in ${said.join('; ')}. Train for longer.`
}
