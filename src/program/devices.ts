/** What a device can do and wants: the rest of the house asks this, never which device it is. */
export interface Device {
  /** Execution providers of ONNX Runtime, in the order in which each node is offered to them */
  readonly providers: readonly string[]
  /** Works wherever ONNX Runtime does; others are optional, and tried before work is begun for them */
  readonly certain: boolean
  /** Where it does not work its driver writes to the terminal: no session is opened before it was tried out of sight */
  readonly loud: boolean
  /** Variables, and all that programs put out, stay in its memory between runs; else they cross to the host and back */
  readonly holdsVariables: boolean
  /** Wants marked functions in parts that stay in the cache of a processor, see `TraceOptions`, and chains of operators in pieces */
  readonly inParts: boolean
  /** May have convolutions of its own on blocks of channels; how many, a host finds out */
  readonly blocks: boolean
  /** Multiplies integers of 8 bits where that is asked for; how well, a host finds out */
  readonly int8: boolean
  /** An operator may have as many results as one likes; WebGPU binds some ten buffers at most */
  readonly splits: boolean
  /** Idle memory is given back where shapes are not known beforehand: see `hideShapes` */
  readonly hidesShapes: boolean
  /** What is to be done, or had, where it does not work */
  readonly needs: string
  /** A part of what it needs is ONNX Runtime's own and has to be fetched; how, a host says */
  readonly fetched: boolean
}

/** Of a card, unless it says otherwise */
const card = {
  certain: false,
  loud: false,
  holdsVariables: false,
  inParts: false,
  blocks: false,
  int8: false,
  splits: false,
  hidesShapes: false,
}

const table = {
  cpu: {
    providers: ['cpu'],
    certain: true,
    loud: false,
    holdsVariables: false,
    inParts: true,
    blocks: true,
    int8: true,
    splits: true,
    hidesShapes: true,
    needs: 'run `npm install` again on this machine',
    fetched: false,
  },
  webgpu: {
    ...card,
    providers: ['webgpu', 'cpu'],
    loud: true,
    holdsVariables: true,
    needs: 'it needs a graphics driver with Vulkan, Metal or Direct3D 12',
    fetched: false,
  },
  // onnxruntime-node 1.30 knows tensors on a device only as buffers of WebGPU, and takes any other address for one in this process
  cuda: {
    ...card,
    providers: ['cuda', 'cpu'],
    splits: true,
    needs: 'it needs an NVIDIA card and the CUDA libraries',
    fetched: true,
  },
} as const satisfies Readonly<Record<string, Device>>

/** A device as users and `config.json` name it; ONNX Runtime calls it the same. */
export type DeviceName = keyof typeof table

/** A row for every device; one that lowers primitives in its own way has a table in `lowering/index.ts` as well. */
export const devices: Readonly<Record<DeviceName, Device>> = table

/** The names, that of {@link defaultDevice} first. */
export const deviceNames = Object.keys(table) as [DeviceName, ...DeviceName[]]

/** What computes unless another is asked for */
export const defaultDevice: DeviceName = 'cpu'
