import { LacunaError, wrongArgument } from '../errors.js'

/** @throws LacunaError (wrong usage) unless pictures were given that can be looked at */
export function wantPictures(where: string, pictures: unknown): void {
  const set = pictures as { items?: unknown; gather?: unknown } | null | undefined
  if (!Array.isArray(set?.items) || typeof set.gather !== 'function')
    throw new LacunaError(
      `${where}: pictures that \`openPictures\` gave, or recordings that \`openRecordings\` gave, are expected, got ${wrongArgument(pictures)}`,
      2,
    )
}
