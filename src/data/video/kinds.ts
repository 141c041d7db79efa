const at = (bytes: Uint8Array, offset: number, text: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', offset, offset + text.length) === text

/** Bytes that {@link isAnimation} wants to see */
export const BEGINNING = 16

/** Whether a file begins as a GIF or a WebP, whatever it is called: those need no ffmpeg. */
export const isAnimation = (bytes: Uint8Array): boolean =>
  at(bytes, 0, 'GIF8') || (at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP'))
