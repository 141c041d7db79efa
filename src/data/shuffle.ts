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

// Steps follow one another, so one permutation serves a whole epoch of them.
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
