import { spawnSync } from 'node:child_process'

/**
 * Puts a small file system in memory at a folder, so that a disk can be filled without harm.
 * @returns why it cannot be done, where that is so
 */
export function mountSmall(folder: string, megabytes: number): string | undefined {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  return `no small disk can be mounted (${(error?.message ?? stderr).trim()}); on Linux, root can, and so can \`unshare -rm\``
}

export const unmount = (folder: string): void => void spawnSync('umount', ['--lazy', folder], { stdio: 'ignore' })
