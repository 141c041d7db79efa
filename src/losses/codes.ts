import { range } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'

/**
 * How many codes are in use: exp H of how often each is, 1 … V.
 *
 * @param share [..., V], each row sums to 1; a row of zeros (nothing was seen) gives 1
 * @returns [...]
 */
export const perplexity = (share: Tensor): Tensor => share.mul(share.maximum(1e-30).log()).sum(-1).neg().exp()

/**
 * What a quantiser loses by leaving codes unused: (GV − Σ_g exp H(p̄_g)) / GV, in [0, 1). 0 when all codes of each group are
 * guessed alike, 1 − 1/V when each group knows one code. This is fairseq's form; the paper's −H/(GV) has the same optimum, on
 * another scale.
 *
 * @param probabilities p̄ [G, V]: the mean over frames of the softmax, without noise and temperature
 * @returns float []
 * @see Baevski et al. 2020, wav2vec 2.0, eq. 4
 */
export const codeDiversity = (probabilities: Tensor): Tensor =>
  perplexity(probabilities).mean().div(probabilities.size(-1)).neg().add(1)

/**
 * How common the codes of each frame are among those of its recording that count: how many have the same, and a fraction that is
 * another one for other codes, so that no two are as common.
 *
 * @param codes int [N, T, G], each below `size`
 * @param weight float [N, T], 1 where a frame counts
 * @returns [N, T]
 */
export function commonnessWithin(codes: Tensor, weight: Tensor, size: number): Tensor {
  const [n, length] = [codes.size(0), codes.size(1)]
  const groups = codes.size(2)
  const fraction = range(groups)
    .map(g =>
      codes
        .slice(2, g, g + 1)
        .cast('float')
        .mul(size ** (g - groups)),
    )
    .reduce((sum, each) => sum.add(each))
  const often = sameCodes(codes)
    .cast('float')
    .mul(weight.reshape(n, 1, length))
    .sum(-1)
  return often.add(fraction.reshape(n, length))
}

/**
 * Which frames have the same codes, in all groups.
 * @param codes int [N, T, G]
 * @returns bool [N, T, T]
 */
export function sameCodes(codes: Tensor): Tensor {
  const [n, length] = [codes.size(0), codes.size(1)]
  const same = range(codes.size(2)).map(g => {
    const own = codes.slice(2, g, g + 1)
    return own.equal(own.reshape(n, 1, length))
  })
  return same.reduce((all, each) => all.and(each))
}
