import type { TensorOf } from '../../tensor/primitives.js'
import type { DeviceName } from '../devices.js'
import { lowerConvInput, lowerInputByGroup } from './conv.js'
import { cpu, fusedProduct } from './cpu.js'
import type { Emitter } from './emitter.js'
import { portable } from './portable.js'
import type { LoweringTable } from './types.js'

/** Standard operators alone, in forms that give right numbers even on ONNX Runtime's WebGPU provider. */
export const standard: LoweringTable = {
  ...portable,
  logSumExp: stableLogSumExp,
  convInput: (e, names, t) => lowerInputByGroup(e, names, t) ?? lowerConvInput(e, names, t),
}

/** Of devices that have a way of their own */
const own: { readonly [D in DeviceName]?: LoweringTable } = {
  cpu: { ...portable, ...cpu },
  webgpu: standard,
  cuda: { ...portable, matmul: fusedProduct },
}

/** Which nodes each primitive becomes on a device. */
export const loweringsFor = (device: DeviceName): LoweringTable => own[device] ?? portable

/** max + ln Σ e^(x − max); its ReduceLogSumExp takes the exponential of x itself and overflows. */
function stableLogSumExp(e: Emitter, [x]: readonly [string], t: TensorOf<'logSumExp'>): string {
  const axes = e.ints(t.attributes.axes)
  const finite = e.float(-3e38) // where all are −∞, the difference shall be no NaN
  const most = e.one('Max', [e.one('ReduceMax', [x, axes], { keepdims: 1 }), finite])
  const total = e.one('ReduceSum', [e.one('Exp', [e.one('Sub', [x, most])]), axes], { keepdims: 1 })
  return e.one('Add', [most, e.one('Log', [total])])
}
