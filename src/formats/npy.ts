import { writeFileAtomic } from '../files.js'

/** So that numpy can map the values straight into memory. */
const alignment = 64

/**
 * Writes a float32 matrix as a NumPy file (format 1.0).
 *
 * npyjs reads this format well; its writer needs the whole file in memory and aligns to 8 bytes where the format asks
 * for 64.
 *
 * @param rows one or more parts of the matrix, row-major, written one after the other so that a large one can stream
 * @param shape [N, D]
 * @throws LacunaError when the parts do not add up to N · D values
 */
export function writeNpy(
  path: string,
  rows: Float32Array | Iterable<Float32Array>,
  shape: readonly [number, number],
): void {
  const parts = rows instanceof Float32Array ? [rows] : rows
  writeFileAtomic(path, npyBytes(parts, shape))
}

function* npyBytes(parts: Iterable<Float32Array>, [count, width]: readonly [number, number]): Iterable<Uint8Array> {
  yield npyHeader(count, width)
  let written = 0
  for (const part of parts) {
    written += part.length
    yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  }
  if (written !== count * width)
    throw new Error(`expected [${count}, ${width}] = ${count * width} values, got ${written}`)
}

/** Magic, version 1.0, length and a Python dictionary, padded to a multiple of 64 bytes and closed by a newline. */
function npyHeader(count: number, width: number): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${width}), }`
  const header = Buffer.alloc(Math.ceil((10 + description.length + 1) / alignment) * alignment, ' ')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(header.length - 10, 8)
  header.write(description, 10)
  header.write('\n', header.length - 1)
  return header
}
