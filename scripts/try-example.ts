import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const OWN = ['method', 'tensor', 'nn', 'losses', 'views', 'data', 'evaluation', 'report']

/**
 * Does with a copy of `examples/own-method` what its README says, on the packed Lacuna; and looks at the types of all subpaths as
 * the usual ways of resolving modules see them.
 * @returns what went wrong, if something did
 */
export function tryExample(tarball: string, project: string, environment: NodeJS.ProcessEnv): string | undefined {
  cpSync('examples/own-method', project, { recursive: true, filter: path => !/node_modules|dist$|runs$/.test(path) })
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  manifest.dependencies.lacuna = `file:${tarball}`
  // what this repository has installed already needs no registry
  for (const name of Object.keys(manifest.devDependencies))
    manifest.devDependencies[name] = `file:${resolve('node_modules', name)}`
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  const all = OWN.map(name => `import * as ${name} from 'lacuna/${name}'\n`).join('')
  writeFileSync(
    join(project, 'all.ts'),
    `${all}import * as main from 'lacuna'\nexport default [main, ${OWN.join(', ')}]\n`,
  )
  const resolutions = [
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
    ['--module', 'node16', '--moduleResolution', 'node16'],
  ]
  const types = '--ignoreConfig --noEmit --strict --skipLibCheck false --target ES2022 --lib ES2023 --types node all.ts'
  const run = 'runs/by-command'
  try {
    const commands = [
      ['npm', 'install'],
      ...resolutions.map(options => ['node_modules/.bin/tsc', ...types.split(' '), ...options]),
      ['npm', 'start'],
      ...[
        `pretrain ./dist/palette.js emoji --encoder c4-half --steps 5 --out ${run}`,
        `pretext ${run} emoji --plugin ./dist/palette.js`,
      ].map(words => ['node_modules/.bin/lacuna', ...words.split(' ')]),
    ]
    for (const [command = '', ...args] of commands) {
      const { status, stdout, stderr, error } = spawnSync(command, args, {
        cwd: project,
        env: environment,
        encoding: 'utf8',
      })
      if (status !== 0) return `${[command, ...args].join(' ')}\n${error?.message ?? `${stdout}${stderr}`.slice(-3000)}`
      const problem = args[0] === 'start' ? scoresIn(stdout) : undefined
      if (problem !== undefined) return problem
    }
    const missing = ['encoder/encoder.onnx', 'runs/palette/report.html', `${run}/pretext.json`].filter(
      file => !existsSync(join(project, file)),
    )
    return missing.length > 0 ? `examples/own-method left no ${missing.join(', ')}` : undefined
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** The table of accuracies: what is trained has to be above what is not, by kNN and by the probe. */
function scoresIn(said: string): string | undefined {
  const [trained, random] = ['trained', 'random init'].map(row =>
    [...(new RegExp(`^${row}.*$`, 'm').exec(said)?.[0] ?? '').matchAll(/([\d.]+)(?: ± [\d.]+)? %/g)].map(([, score]) =>
      Number(score),
    ),
  )
  console.log(
    `examples/own-method: trained ${trained?.join(', ')}; random ${random?.join(', ')} (kNN, probe; per cent)`,
  )
  return trained?.length === 2 && trained.every((score, i) => score > (random?.[i] ?? Number.POSITIVE_INFINITY))
    ? undefined
    : `examples/own-method: what it learnt is not above random initialisation\n${said}`
}
