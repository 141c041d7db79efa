import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Evaluation } from '../src/index.js'
import { temporary } from './lacuna.js'

const script = resolve('dist/tools/scripts/quickstart.js')

test('a short quick start is above random initialisation in every column, and says by how much', async () => {
  const folder = temporary()
  const child = spawn(process.execPath, [script], { cwd: folder, env: { ...process.env, QUICKSTART_EPOCHS: '8' } })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      printed += text
    })
  expect(await new Promise(done => child.on('close', done)), printed).toBe(0)
  const out = join(folder, 'runs', 'quickstart')
  const { classes, tested, seeds, knns, probes, majority } = JSON.parse(
    readFileSync(join(out, 'evaluation.json'), 'utf8'),
  ) as Evaluation
  expect({ classes, tested, seeds }).toEqual({ classes: 9, tested: 477, seeds: 3 })
  expect(majority).toBeLessThan(0.25)
  for (const { mean } of [knns, ...probes].flatMap(of => [of, of.balanced]))
    expect(mean.trained).toBeGreaterThan(mean.random)
  expect(printed).toMatch(/^kNN, balanced +\+\d+\.\d above random initialisation/m)
  expect(printed).toMatch(/in every column|Not clear everywhere/)
  expect(existsSync(join(out, 'report.html'))).toBe(true)
})
