import { LacunaError } from '../errors.js'
import { type MemberKind, wordsOf } from './media.js'
import type { Skipped } from './types.js'

/**
 * What lacks a member counts as no record: it is left out, and listed.
 * @param all records there are, skipped ones among them
 * @throws LacunaError when more are skipped than max(share · total, 3), more than none for share 0, or all
 */
export function checkSkipped(
  { source, media }: { readonly source: string; readonly media: readonly MemberKind[] },
  listed: readonly Skipped[],
  all: number,
  share = 0.01,
): void {
  const skipped = listed.filter(({ incomplete }) => !incomplete)
  const total = all - (listed.length - skipped.length)
  const allowed = share === 0 ? 0 : Math.max(share * total, 3)
  if (skipped.length <= allowed && skipped.length < total) return
  const { many } = wordsOf(media)
  if (total === 0) throw new LacunaError(`${source}: holds no ${many}`)
  const byReason = new Map<string, string[]>()
  for (const { name, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), name])
  const reasons = [...byReason].slice(0, 3).map(([reason, [name, ...more]]) => {
    return more.length > 0 ? `${name} and ${more.length} more: ${reason}` : `${name}: ${reason}`
  })
  const change = skipped.every(({ reason }) => reason.includes('convert it')) ? 'convert' : 'repair'
  const advice =
    skipped.length < total ? `${change} or remove them, or raise the share with --allow-skipped` : `${change} them`
  const count = skipped.length < total ? `${skipped.length} or more of ${total} ${many}` : `all ${total} ${many}`
  throw new LacunaError(`${source}: ${count} cannot be read (${reasons.join('; ')}): ${advice}`)
}
