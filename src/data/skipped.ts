import { LacunaError } from '../errors.js'
import { type MemberKind, wordsOf } from './media.js'
import { collect } from './split.js'
import type { Skipped } from './types.js'

/** A record is whole, but holds nothing to learn from. It is left out and listed, and counts as none. */
export class NothingInIt extends Error {}

/**
 * What lacks a member or holds nothing counts as no record: it is left out, and listed.
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
  if (total === 0) throw new LacunaError(`${source}: holds no ${many} to learn from (${reasonsOf(listed)})`)
  const change = skipped.every(({ reason }) => reason.includes('convert it')) ? 'convert' : 'repair'
  const advice =
    skipped.length < total ? `${change} or remove them, or raise the share with --allow-skipped` : `${change} them`
  const count = skipped.length < total ? `${skipped.length} or more of ${total} ${many}` : `all ${total} ${many}`
  throw new LacunaError(`${source}: ${count} cannot be read (${reasonsOf(skipped)}): ${advice}`)
}

const REASONS = 3

function reasonsOf(skipped: readonly Skipped[]): string {
  const same = [...collect(skipped, ({ reason }) => reason).values()].slice(0, REASONS)
  return same
    .map(([{ name, reason } = { name: '', reason: '' }, ...more]) =>
      more.length > 0 ? `${name} and ${more.length} more: ${reason}` : `${name}: ${reason}`,
    )
    .join('; ')
}
