import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { host } from '#host'
import { sharp } from '../data/sharp.js'
import { defaultCache } from '../data/store.js'
import { defaultThreads } from '../engine/node/cores.js'
import { currentSignal } from '../engine/node/interruptible.js'
import { ort } from '../engine/node/runtime.js'
import { carried } from '../engine/node/runtime-place.js'
import { compile } from '../program/compile.js'
import { type DeviceName, defaultDevice, deviceNames, devices } from '../program/devices.js'
import { table } from '../report/table.js'
import { input } from '../tensor/tensor.js'
import { graphicsCards } from './graphics.js'
import { int8Finding } from './int8-finding.js'
import { oneLine, terminal } from './terminal.js'

interface Finding {
  readonly name: string
  readonly works: boolean
  readonly detail: string
}

/** Lacuna works without them. */
const optional = new Set(['graphics', 'int8', ...deviceNames.filter(name => !devices[name].certain)])

/** Tries what this machine has, and says what is missing. */
export async function runDoctor(json: boolean): Promise<void> {
  const output = terminal(json)
  const findings: Finding[] = [
    nodeFinding(),
    onnxFinding(),
    sharpFinding(),
    memoryFinding(),
    cacheFinding(),
    ...cardFindings(),
  ]
  output.progress(`trying ${deviceNames.join(', ')}`)
  let usual: number | undefined
  for (const device of deviceNames) {
    const finding = await deviceFinding(device, usual)
    usual ??= finding.rate // of the first, which computes unless another is asked for
    findings.push(finding)
  }
  findings.push(int8Finding(await host.int8(defaultDevice)))
  output.result(
    findings,
    table(findings.map(({ name, works, detail }) => [`${works ? 'yes' : 'no '}  ${name.padEnd(18)} ${detail}`])),
  )
  if (!findings.every(({ name, works }) => works || optional.has(name))) process.exitCode = 1
}

/** Of an older Node the first file has told. */
const nodeFinding = (): Finding => ({ name: 'node', works: true, detail: process.version })

function onnxFinding(): Finding {
  return {
    name: 'onnxruntime-node',
    works: true,
    detail: `${ort.env.versions.node ?? 'version unknown'}${carried ? ', carried by Lacuna' : ''}`,
  }
}

function sharpFinding(): Finding {
  const { sharp: version, vips } = sharp.versions
  return { name: 'sharp', works: true, detail: `${version} with libvips ${vips}` }
}

function memoryFinding(): Finding {
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1)
  return {
    name: 'cores and memory',
    works: true,
    detail: `${availableParallelism()} cores, ${defaultThreads() || 'one per physical core'} for programs, ${gigabytes(freemem())} of ${gigabytes(totalmem())} GB free`,
  }
}

function cacheFinding(): Finding {
  const cache = defaultCache()
  try {
    if (!existsSync(cache)) mkdirSync(cache, { recursive: true })
    accessSync(cache, constants.W_OK)
    return { name: 'cache', works: true, detail: `${cache}: decoded data is kept here` }
  } catch (error) {
    return {
      name: 'cache',
      works: false,
      detail: `${cache}: ${oneLine(error)}; set LACUNA_CACHE to a folder you can write to`,
    }
  }
}

/** What of graphics cards the system lists; nothing where it has no such list. */
function cardFindings(): Finding[] {
  const cards = graphicsCards()
  if (cards === undefined) return []
  const shown = cards.map(({ vendor, model }) => (model.startsWith(vendor) ? model : `${vendor} ${model}`)).join(', ')
  return [{ name: 'graphics', works: cards.length > 0, detail: shown || 'no graphics card on this machine' }]
}

function whereVariablesAre(device: DeviceName): string {
  const { certain, holdsVariables } = devices[device]
  if (certain) return ''
  return `; variables ${holdsVariables ? 'stay on it between steps' : 'cross to the host and back at every step'}`
}

const SIDE = 1024
const RUNS = 5

/**
 * Multiplies two matrices on a device and checks one number of the result.
 * @param usual of the device that computes unless told, in GFLOP/s, to compare with
 * @returns rate in GFLOP/s, the way of the matrices to the device included
 */
async function deviceFinding(device: DeviceName, usual = 0): Promise<Finding & { readonly rate?: number }> {
  const runner = host.start({ device })
  try {
    const [a, b] = [input('a', [SIDE, SIDE]), input('b', [SIDE, SIDE])]
    await runner.load('product', compile({ outputs: { sum: a.matmul(b).sum() } }, { device, precision: 'float32' }))
    const ones = new Float32Array(SIDE * SIDE).fill(1)
    const seconds: number[] = []
    for (let run = 0; run < RUNS; run++) {
      const before = runner.busy
      const { sum } = await runner.run('product', { a: ones, b: ones })
      seconds.push(runner.busy - before)
      if (Number(sum?.[0]) !== SIDE ** 3)
        return { name: device, works: false, detail: `gives wrong numbers: ${sum?.[0]}` }
    }
    const rate = (2 * SIDE ** 3) / Math.min(...seconds) / 1e9
    const slow =
      rate < usual ? `; slower than the ${defaultDevice}: a software driver, or a card too small to help` : ''
    const detail = `${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)} GFLOP/s in a matrix product${whereVariablesAre(device)}${slow}`
    return { name: device, works: true, detail, rate }
  } catch (error) {
    currentSignal()?.throwIfAborted()
    return { name: device, works: false, detail: oneLine(error) }
  } finally {
    await runner.close()
  }
}
