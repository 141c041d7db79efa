import { type Alike, batchesAlike } from '../data/index.js'
import { LacunaError } from '../errors.js'

/**
 * What an epoch has where all samples of a batch are alike, and what to say of it.
 * @throws LacunaError (wrong usage) where no label has as many samples as a batch
 */
export function drawnAlike(
  { column, kinds, counts }: Alike,
  batch: number,
): { readonly samples: number; readonly note: string } {
  const samples = batch * batchesAlike(kinds, batch)
  const most = Math.max(...counts)
  if (samples === 0)
    throw new LacunaError(
      `--batch-alike ${column}: no ${column} has as many samples as a batch of ${batch}; choose ${most < 2 ? 'another column: no two samples are alike in this one' : `--batch ${most} or less`}`,
      2,
    )
  const enough = counts.filter(count => count >= batch).length
  const left = kinds.length - samples
  const note = `Each batch has samples of one ${column}: ${enough} of ${counts.length} have a batch of ${batch} or more`
  return { samples, note: left === 0 ? note : `${note}; ${left} of ${kinds.length} samples fill none in an epoch` }
}
