import { openRecords } from './open-records.js'
import type { FilmOptions, FilmSet } from './types.js'

/**
 * Opens films as a store of uint8 frames, size × size, at one rate, each film as long as it is. They are decoded on the first call,
 * and again only when the source has changed. Where there are few and nobody says which are for the test, each is cut into blocks of
 * time, the last of which are.
 *
 * @param source a folder of films (nested, or with metadata), each a file or a folder of numbered pictures, one film, or the directory
 *   of a store. Files other than GIF and WebP need ffmpeg on the PATH, or node-av beside Lacuna.
 * @throws LacunaError when there is nothing to open, too much of it cannot be read, or the store cannot be written
 */
export const openFilms = (source: string, options: FilmOptions = {}): Promise<FilmSet> =>
  openRecords('openFilms', source, ['video'], options)
