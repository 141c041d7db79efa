import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Hands over what is in some Debian packages, unpacked into a folder that is gone afterwards. Nothing is installed.
 * Ends the process with a message where apt-get or dpkg-deb cannot do it.
 */
export async function withPackages(packages: readonly string[], use: (root: string) => Promise<void>): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'lacuna-packages-'))
  chmodSync(work, 0o755)
  try {
    for (const pack of packages) {
      unpack(pack, work)
      console.log(pack)
    }
    await use(join(work, 'unpacked'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function unpack(pack: string, work: string): void {
  const folder = mkdtempSync(join(work, 'download-'))
  chmodSync(folder, 0o777) // apt-get downloads as a user of its own
  try {
    execFileSync('apt-get', ['download', '-qq', pack], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    execFileSync('sh', ['-c', 'dpkg-deb -x ./*.deb ../unpacked && rm ./*.deb'], { cwd: folder })
  } catch (error) {
    rmSync(work, { recursive: true, force: true })
    console.error(`${pack}: this data comes from Debian packages, by apt-get and dpkg-deb: ${String(error)}`)
    process.exit(1)
  }
}
