#!/usr/bin/env node
/**
 * The first file of the command line. An older Node has to be able to parse it, so nothing is imported before its version is
 * known to be recent enough, and the syntax is that of Node 12.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 20 || (major === 20 && minor >= 9)) import('./program.js').then(({ main }) => main())
else {
  process.stderr.write(
    `lacuna: Node ${process.versions.node} is too old; Node 20.9 or later is needed: https://nodejs.org\n`,
  )
  process.exitCode = 1
}

export {}
