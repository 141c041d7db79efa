import type { ProbedInt8 } from '../engine/host.js'

/** What `lacuna doctor` tells of products in int8: whether they are right on this processor, and how fast. */
export function int8Finding(probed: ProbedInt8 | undefined): {
  readonly name: string
  readonly works: boolean
  readonly detail: string
} {
  const name = 'int8'
  if (probed === undefined)
    return { name, works: false, detail: 'this ONNX Runtime has no operators for it; trainings are in fp32' }
  const { exact, gain } = probed
  const rate = `${gain.toFixed(1)} times the rate of fp32 in a matrix product`
  const [works, detail] = exact
    ? [gain > 1, `u8 × s8 is exact, ${rate}`]
    : [false, `u8 × s8 saturates, as on processors without VNNI; ${rate}`]
  return {
    name,
    works,
    detail: `${detail}; trainings are in ${works ? 'it unless told --products fp32' : 'fp32'}`,
  }
}
