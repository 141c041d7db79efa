import type { RunReport } from '../report.js'
import { escapeMarkup } from '../text.js'
import type { Verdict } from '../verdict/verdict.js'

/** Title, verdict, alarms, what to know, and the facts. */
export const head = ({ title, subtitle, verdict, alarms, notes, facts }: RunReport): string =>
  `<header><h1>${escapeMarkup(title)}</h1><p class="subtitle">${escapeMarkup(subtitle)}</p>
${verdict ? verdictBox(verdict) : ''}
${box('alarm', 'Alarm', alarms)}
${box('remark', 'To know', notes)}
${factList(facts)}</header>`

/** Nothing is wrong, but it is not done */
const unfinished: readonly Verdict['state'][] = ['stopped', 'short', 'alike', 'narrow', 'solved']

function verdictBox({ state, alarm, text, advice }: Verdict): string {
  const kind = alarm ? 'alarm' : unfinished.includes(state) ? 'remark' : 'verdict'
  const mark = alarm ? '<strong class="mark">Alarm</strong>' : ''
  return `<div class="box ${kind}">${mark}<p class="said">${sentence(text)}</p><p class="advice"><b>Next:</b> ${sentence(advice)}</p></div>`
}

/** Commands as such; a number and its sign, and the parts of a flag, are not parted at the end of a line. */
const sentence = (text: string): string =>
  escapeMarkup(text)
    .replaceAll(' %', '\u00a0%')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/--[a-z][a-z-]*/g, '<span class="flag">$&</span>')

function box(kind: string, mark: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return ''
  const items = sentences.map(sentence => `<li>${escapeMarkup(sentence)}</li>`).join('')
  return `<div class="box ${kind}"><strong class="mark">${mark}</strong><ul>${items}</ul></div>`
}

function factList(facts: RunReport['facts']): string {
  if (facts.length === 0) return ''
  const items = facts.map(
    ({ label, value }) => `<div><dt>${escapeMarkup(label)}</dt><dd>${escapeMarkup(value)}</dd></div>`,
  )
  return `<dl class="facts">${items.join('')}</dl>`
}
