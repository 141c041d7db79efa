import { readFileSync } from 'node:fs'

/** One run of one operator, in the profile that ONNX Runtime writes. */
export interface KernelEvent {
  readonly cat: string
  readonly name: string
  /** Microseconds */
  readonly dur: number
  readonly args: { readonly op_name: string; readonly input_type_shape?: readonly Readonly<Record<string, number[]>>[] }
}

/** All runs of operators, in their order; of loops, those of what is in them. */
export function kernelEvents(file: string): KernelEvent[] {
  const events = JSON.parse(readFileSync(file, 'utf8')) as KernelEvent[]
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .filter(({ args }) => args.op_name !== 'Scan')
}
