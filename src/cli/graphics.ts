import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A graphics card: who made it, and its model where the driver tells or its PCI number. */
export interface Card {
  readonly vendor: string
  readonly model: string
}

const vendors: Readonly<Record<string, string>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' }

/**
 * The graphics cards of a Linux machine; undefined where the system has no list of its devices.
 * ONNX Runtime does not say which of them WebGPU has taken.
 * @param root the folder with `proc` and `sys`
 */
export function graphicsCards(root = '/'): Card[] | undefined {
  const devices = join(root, 'sys/bus/pci/devices')
  try {
    return readdirSync(devices)
      .filter(slot => read(join(devices, slot, 'class')).startsWith('0x03')) // display controllers
      .map(slot => {
        const [vendor, device] = [read(join(devices, slot, 'vendor')), read(join(devices, slot, 'device'))]
        const told = /^Model:\s*(.+)$/m.exec(read(join(root, 'proc/driver/nvidia/gpus', slot, 'information')))?.[1]
        return { vendor: vendors[vendor] ?? vendor, model: told ?? device }
      })
  } catch {
    return undefined
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
