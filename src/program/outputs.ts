import type * as ort from 'onnxruntime-common'
import type { Node, ValueInfo } from './onnx/model.js'

/**
 * onnxruntime-node 1.30 copies each output of a run into a new array, even when it was given the memory for it: in a training
 * step all variables, once more, at every step. It goes through the outputs in their order, though, and ends with an error at
 * one that is no tensor. So programs whose outputs all have their memory get such a one as the first: then everything is
 * computed and in its place, and nothing has been copied. Should a later version take sequences, it only copies again.
 */
export const end: ValueInfo = { name: 'end of the run', type: 'float32', shape: [], sequence: true }
export const endNode: Node = {
  operator: 'SequenceEmpty',
  domain: '',
  inputs: [],
  outputs: [end.name],
  attributes: {},
}

/**
 * Runs a session.
 * @param memory what it is to compute, and where to; null where ONNX Runtime allocates it, which it may not after `end`
 */
export async function runSession(
  session: ort.InferenceSession,
  feeds: ort.InferenceSession.FeedsType,
  memory: Readonly<Record<string, ort.Tensor | null>>,
): Promise<Readonly<Record<string, ort.Tensor | null>>> {
  if (session.outputNames[0] !== end.name) return session.run(feeds, memory)
  try {
    await session.run(feeds, { [end.name]: null, ...memory })
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Non tensor type'))) throw error
  }
  return memory
}
