import { LacunaError } from '../errors.js'
import { shuffle } from '../program/draws.js'

/**
 * Deterministic permutation of 0 … n − 1 for (seed, epoch): Fisher–Yates, drawing from `generator`.
 * Equal arguments give equal permutations on every machine; another seed or epoch gives an unrelated one.
 */
export function shuffled(n: number, seed: number, epoch: number): Uint32Array {
  const order = new Uint32Array(n).map((_, position) => position)
  const next = generator(seed, epoch)
  shuffle(order, () => next() / 2 ** 32)
  return order
}

/**
 * Positions [batch] of batch number `step` of an endless sequence: every epoch is a new permutation of all `count`
 * positions, cut into whole batches; what does not fill one is left out. A pure function, so that training can be
 * taken up again at any step.
 *
 * @throws LacunaError when there are fewer positions than a batch needs
 */
export function batchPositions(count: number, batch: number, seed: number, step: number): Uint32Array {
  if (!(batch >= 1)) throw new LacunaError(`a batch must have at least 1 sample, not ${batch}: raise --batch`, 2)
  if (batch > count)
    throw new LacunaError(`a batch of ${batch} cannot be drawn from ${count} samples: lower --batch or add data`, 2)
  const perEpoch = Math.floor(count / batch)
  const start = (step % perEpoch) * batch
  return remembered(count, seed, Math.floor(step / perEpoch)).slice(start, start + batch)
}

/**
 * The same with each batch of one kind: every epoch is a new permutation, whose positions of each kind are cut into whole batches,
 * and these come in another order. What does not fill a batch of its kind is left out.
 *
 * @param kinds of each position its kind, a whole number from 0; what is below 0 is left out
 * @throws LacunaError when no kind has as many positions as a batch
 */
export function batchPositionsAlike(kinds: ArrayLike<number>, batch: number, seed: number, step: number): Uint32Array {
  const perEpoch = batchesAlike(kinds, batch)
  if (perEpoch === 0)
    throw new LacunaError(
      `no kind of the ${kinds.length} samples has a batch of ${batch}: lower --batch or add data`,
      2,
    )
  const epoch = Math.floor(step / perEpoch)
  if (alike?.kinds !== kinds || alike.batch !== batch || alike.seed !== seed || alike.epoch !== epoch)
    alike = { kinds, batch, seed, epoch, batches: batchesOf(kinds, batch, seed, epoch) }
  return alike.batches[step % perEpoch]?.slice() ?? new Uint32Array()
}

/** Batches of one kind that an epoch has. */
export function batchesAlike(kinds: ArrayLike<number>, batch: number): number {
  const counts: number[] = []
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] ?? -1
    if (kind >= 0) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts.reduce((sum, count) => sum + Math.floor(count / batch), 0)
}

function batchesOf(kinds: ArrayLike<number>, batch: number, seed: number, epoch: number): Uint32Array[] {
  const begun = new Map<number, number[]>()
  const whole: Uint32Array[] = []
  for (const position of shuffled(kinds.length, seed, epoch)) {
    const kind = kinds[position] ?? -1
    if (kind < 0) continue
    const drawn = begun.get(kind) ?? []
    begun.set(kind, drawn)
    if (drawn.push(position) === batch) whole.push(Uint32Array.from(drawn.splice(0)))
  }
  // as they are filled those of large kinds come first
  return Array.from(shuffled(whole.length, seed, epoch), place => whole[place] ?? new Uint32Array())
}

// Steps follow one another, so one permutation serves a whole epoch of them.
let alike:
  | { kinds: ArrayLike<number>; batch: number; seed: number; epoch: number; batches: readonly Uint32Array[] }
  | undefined
let latest: { count: number; seed: number; epoch: number; order: Uint32Array } | undefined

function remembered(count: number, seed: number, epoch: number): Uint32Array {
  if (latest?.count !== count || latest.seed !== seed || latest.epoch !== epoch)
    latest = { count, seed, epoch, order: shuffled(count, seed, epoch) }
  return latest.order
}

/**
 * Uniform 32-bit integers from a counter: number i of the stream is the hash of key + i · golden ratio (splitmix32),
 * where the key is the hash of seed and epoch. Seeds count up to 2^53.
 */
export function generator(seed: number, epoch: number): () => number {
  let counter = hash(hash(hash(seed) ^ Math.floor(seed / 2 ** 32)) ^ epoch)
  return () => {
    counter = (counter + 0x9e3779b9) | 0
    return hash(counter)
  }
}

/** A bijection of 32-bit integers in which every input bit flips half of the output bits (lowbias32, C. Wellons). */
function hash(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}
