import { posix } from 'node:path'

/** The group that a file's name says; the file is one of its own unless told. @param pattern with one capture group */
export const groupOf = (name: string, pattern?: RegExp): string => pattern?.exec(posix.basename(name))?.[1] ?? name
