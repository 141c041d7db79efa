import { figure, table } from './page-table.js'
import type { IdleRecord, MemoryCase, MemoryRecord } from './records.js'

/** How busy the program is kept. */
export function idleSection({ cases }: IdleRecord): string {
  return `## Between two steps

Trainings on pictures of a warm store; medians over the steps. While a step runs, the next batch is gathered and its random numbers are drawn.

${table(
  ['', 'a step, ms', 'of it outside the program, ms', 'share'],
  cases.map(({ encoder, size, batch, stepMilliseconds, idleMilliseconds }) => [
    `${encoder}, ${batch} pictures of ${size} px`,
    figure(stepMilliseconds),
    figure(idleMilliseconds),
    `${((100 * idleMilliseconds) / stepMilliseconds).toFixed(2)} %`,
  ]),
)}`
}

/** What less memory costs. */
export function memorySection({ cases }: MemoryRecord): string {
  return `## Time for memory

Whole trainings, peak resident memory of the process. \`--checkpoint-activations\` computes activations again in the backward; \`--chunk N\` has the activations of N pictures in memory at once, whatever the batch.

${table(
  ['', 'options', 'views/s', 'peak MB'],
  cases.map(one => [
    `${one.title}, ${one.batch.toLocaleString('en')} pictures of ${one.size} px`,
    optionsOf(one),
    figure((2 * one.batch) / one.seconds),
    one.peakMegabytes.toFixed(0),
  ]),
)}`
}

function optionsOf({ chunk, checkpoint }: MemoryCase): string {
  const options = [...(checkpoint ? ['--checkpoint-activations'] : []), ...(chunk > 0 ? [`--chunk ${chunk}`] : [])]
  return options.map(option => `\`${option}\``).join(' ')
}
