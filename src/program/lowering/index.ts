import type { TensorOf } from '../../tensor/primitives.js'
import { lowerConvInput, lowerInputByGroup } from './conv.js'
import { cpu } from './cpu.js'
import type { Emitter } from './emitter.js'
import { portable } from './portable.js'
import type { Device, LoweringTable } from './types.js'

/** Where ONNX Runtime's WebGPU provider gives wrong numbers. */
const webgpu: Partial<LoweringTable> = {
  logSumExp: stableLogSumExp,
  convInput: (e, names, t) => lowerInputByGroup(e, names, t) ?? lowerConvInput(e, names, t),
}

/** Which nodes each primitive becomes on each device. */
export const lowerings: { readonly [D in Device]: LoweringTable } = {
  cpu: { ...portable, ...cpu },
  webgpu: { ...portable, ...webgpu },
  cuda: { ...portable, matmul: cpu.matmul ?? portable.matmul },
}

/** max + ln Σ e^(x − max); its ReduceLogSumExp takes the exponential of x itself and overflows. */
function stableLogSumExp(e: Emitter, [x]: readonly [string], t: TensorOf<'logSumExp'>): string {
  const axes = e.ints(t.attributes.axes)
  const finite = e.float(-3e38) // where all are −∞, the difference shall be no NaN
  const most = e.one('Max', [e.one('ReduceMax', [x, axes], { keepdims: 1 }), finite])
  const total = e.one('ReduceSum', [e.one('Exp', [e.one('Sub', [x, most])]), axes], { keepdims: 1 })
  return e.one('Add', [most, e.one('Log', [total])])
}
