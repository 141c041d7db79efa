import { join } from 'node:path'
import { measure } from './process.js'

/** A Python with PyTorch, and how it is best run here. */
export interface Peer {
  readonly python: string
  /** PyTorch's */
  readonly version: string
  /** Whether it has torch.compile */
  readonly compiles: boolean
  readonly env: NodeJS.ProcessEnv
}

interface Probe {
  readonly version: string
  readonly right: boolean
  readonly gflops: number
  readonly compiles: boolean
}

// They make OpenBLAS take another processor than it finds, which can cost half its speed.
const openblas = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'] as const

export const peerScript = (name: string): string => join('bench', 'peers', name)

/**
 * Looks at a Python: with OpenBLAS's two variables as they are and without both, whichever multiplies matrices faster
 * among those that multiply them rightly.
 * @throws Error when it has no PyTorch, or one that computes wrong products
 */
export async function findPeer(python: string, threads: number): Promise<Peer> {
  const asIs = { ...process.env, OMP_NUM_THREADS: `${threads}`, PYTHONDONTWRITEBYTECODE: '1' }
  const without = Object.fromEntries(Object.entries(asIs).filter(([name]) => !openblas.some(other => other === name)))
  const environments = openblas.some(name => name in process.env) ? [without, asIs] : [asIs]
  const probed: { env: NodeJS.ProcessEnv; probe: Probe }[] = []
  for (const env of environments)
    probed.push({ env, probe: await measure<Probe>(python, [peerScript('matmul.py')], env) })
  const [best] = probed.filter(({ probe }) => probe.right).sort((a, b) => b.probe.gflops - a.probe.gflops)
  if (best === undefined) throw new Error('its matrix products are wrong')
  const { version, compiles } = best.probe
  return { python, version, compiles, env: best.env }
}

/** Peers that work, and why the others do not. */
export async function findPeers(pythons: readonly string[], threads: number) {
  const peers: Peer[] = []
  const problems: string[] = []
  for (const python of pythons)
    await findPeer(python, threads).then(
      peer => peers.push(peer),
      (error: Error) => problems.push(`${python}: ${error.message}`),
    )
  return { peers, problems }
}
