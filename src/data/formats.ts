/** What can be read, in words. */
export const readable = 'JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG'

const at = (bytes: Uint8Array, offset: number, text: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', offset, offset + text.length) === text

/** Kinds of pictures that cannot be read, by how their files begin. */
const foreign: readonly { readonly format: string; readonly begins: (bytes: Uint8Array) => boolean }[] = [
  { format: 'BMP', begins: bytes => at(bytes, 0, 'BM') },
  { format: 'HEIC', begins: bytes => at(bytes, 4, 'ftyp') && /^(hei|hev)/.test(brandOf(bytes)) },
  { format: 'JPEG XL', begins: bytes => at(bytes, 0, '\xff\x0a') || at(bytes, 4, 'JXL ') },
  { format: 'JPEG 2000', begins: bytes => at(bytes, 0, '\xff\x4f\xff\x51') || at(bytes, 4, 'jP  ') },
  { format: 'DICOM', begins: bytes => at(bytes, 128, 'DICM') },
  { format: 'Photoshop', begins: bytes => at(bytes, 0, '8BPS') },
  { format: 'OpenEXR', begins: bytes => at(bytes, 0, '\x76\x2f\x31\x01') },
  { format: 'Radiance HDR', begins: bytes => at(bytes, 0, '#?RADIANCE') },
  { format: 'FITS', begins: bytes => at(bytes, 0, 'SIMPLE  =') },
  { format: 'PDF', begins: bytes => at(bytes, 0, '%PDF') },
  { format: 'Netpbm', begins: bytes => at(bytes, 0, 'P') && /^P[1-7fF]\s/.test(textOf(bytes)) },
  { format: 'an icon', begins: bytes => at(bytes, 0, '\0\0\x01\0') },
]

const textOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 4)).toString('latin1')
const brandOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(8, 12)).toString('latin1')

/** Why a file of a known format cannot be read, and what to do; undefined when it may be readable. */
export function unreadable(bytes: Uint8Array): string | undefined {
  const found = foreign.find(({ begins }) => begins(bytes))
  return found && unreadableFormat(found.format)
}

export const unreadableFormat = (format: string): string =>
  `is ${format}, which cannot be read: convert it to JPEG or PNG`

/** Whether a file begins as a TIFF or a BigTIFF does, of either byte order. */
export const isTiff = (bytes: Uint8Array): boolean =>
  ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some(mark => at(bytes, 0, mark))
