import type { SampleSet } from '../data/index.js'
import type { Method } from '../methods/method.js'

/**
 * What to say where a batch holds less sound than a method wants: such a training collapses, and more of it can be had without
 * more memory.
 *
 * @param set as the method reads it
 * @returns undefined where there is enough, or the method does not care
 */
export function soundInBatch(
  { name, secondsInBatch }: Pick<Method, 'name' | 'secondsInBatch'>,
  set: Pick<SampleSet, 'channels' | 'items' | 'lengthOf'>,
  {
    batch,
    chunk = batch,
    samples = set.items.length,
  }: { readonly batch: number; readonly chunk?: number; readonly samples?: number },
): string | undefined {
  const [key, channel] = Object.entries(set.channels).find(([, { kind }]) => kind === 'audio') ?? []
  if (secondsInBatch === undefined || key === undefined || channel?.kind !== 'audio') return undefined
  const units = set.items.reduce((sum, _, i) => sum + Math.min(channel.length, set.lengthOf(key, i)), 0)
  const each = units / set.items.length / channel.rate
  if (batch * each >= secondsInBatch) return undefined
  const wanted = 2 ** Math.ceil(Math.log2(secondsInBatch / each))
  const told = `a batch of ${batch} holds ${Math.round(batch * each)} s of sound; with less than ${secondsInBatch} s the codes of ${name} often collapse`
  const fitting = Math.min(chunk, 2 ** Math.floor(Math.log2(batch)))
  return wanted <= samples
    ? `${told}: type --batch ${wanted} --chunk ${fitting}, which takes no more memory`
    : `${told}, and ${samples} windows make no larger one: take longer windows (--set seconds=…), or hubert or best-rq`
}
