/** The package managers and releases of Node that `try-package` goes through. */
export interface Trial {
  readonly name: string
  /** What the project holds besides package.json: only what marks it as a project of this package manager. */
  readonly files?: Readonly<Record<string, string>>
  readonly install: (tarball: string) => readonly (readonly string[])[]
  /** Runs a script within the project. */
  readonly node: readonly string[]
  /** Runs Lacuna's command line within the project. */
  readonly lacuna: readonly string[]
}

const bin = 'node_modules/.bin/lacuna'

/** `npx` brings every package manager from the registry. */
const npx = (specifier: string, command: string): readonly string[] => ['npx', '--yes', '--package', specifier, command]
const npm = (release: string): Trial => ({
  name: `npm${release}`,
  install: tarball => [[...npx(`npm@${release}`, 'npm'), 'install', tarball]],
  node: ['node'],
  lacuna: [bin],
})

const yarn = npx('@yarnpkg/cli-dist', 'yarn')
const system = process.platform === 'win32' ? 'win' : process.platform

/** A release of Node as a package of the registry. */
export const nodePackage = (release: string) => {
  const name = `node-${system}-${process.arch}`
  return { specifier: `${name}@${release}`, file: `node_modules/${name}/bin/node` } as const
}

const onNode = (release: string): Trial => {
  const { specifier, file } = nodePackage(release)
  return {
    name: `node${release}`,
    install: tarball => [['npm', 'install', tarball, specifier]],
    node: [file],
    lacuna: [file, bin],
  }
}

export const trials: readonly Trial[] = [
  { name: 'npm', install: tarball => [['npm', 'install', tarball]], node: ['node'], lacuna: [bin] },
  ...['10', '11', '12'].map(npm),
  { name: 'pnpm', install: tarball => [[...npx('pnpm', 'pnpm'), 'add', tarball]], node: ['node'], lacuna: [bin] },
  { name: 'yarn1', install: tarball => [[...npx('yarn@1', 'yarn'), 'add', tarball]], node: ['node'], lacuna: [bin] },
  {
    name: 'yarn', // Plug'n'Play: packages stay in archives
    files: { 'yarn.lock': '' },
    install: tarball => [[...yarn, 'add', `lacuna@file:${tarball}`]],
    node: [...yarn, 'node'],
    lacuna: [...yarn, 'lacuna'],
  },
  { name: 'bun', install: tarball => [[...npx('bun', 'bun'), 'add', tarball]], node: ['node'], lacuna: [bin] },
  ...['20.9.0', '20', '22', '24'].map(onNode),
]

/** What makes the README's example a matter of seconds. */
export const runs: readonly (readonly [from: string, to: string])[] = [
  ['size: 64', 'size: 16'],
  ["encoder: 'resnet18'", "encoder: 'c4-half', batch: 16"],
  ['epochs: 50', 'epochs: 1'],
  ['labels: [10,', 'labels: [2,'],
]
