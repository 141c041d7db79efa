import { expect, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { graphicsCards } from './graphics.js'

const pci = (slot: string, kind: string, vendor: string, device: string) => ({
  [`sys/bus/pci/devices/${slot}/class`]: `${kind}\n`,
  [`sys/bus/pci/devices/${slot}/vendor`]: `${vendor}\n`,
  [`sys/bus/pci/devices/${slot}/device`]: `${device}\n`,
})

test('display controllers are found among the devices, by name where the driver tells it', () => {
  const root = temporaryFolder()
  put(root, {
    ...pci('0000:00:02.0', '0x030000', '0x8086', '0x46a6'),
    ...pci('0000:00:1f.0', '0x060100', '0x8086', '0x5182'), // a bridge
    ...pci('0000:01:00.0', '0x030200', '0x10de', '0x2330'),
    ...pci('0000:02:00.0', '0x038000', '0x1234', '0x1111'),
    'proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 24\n',
  })
  expect(graphicsCards(root)).toEqual([
    { vendor: 'Intel', model: '0x46a6' },
    { vendor: 'NVIDIA', model: 'NVIDIA H100 80GB HBM3' },
    { vendor: '0x1234', model: '0x1111' },
  ])
})

test('a machine without cards has none; one that lists no devices does not tell', () => {
  const root = temporaryFolder()
  expect(graphicsCards(root)).toBeUndefined()
  put(root, pci('0000:00:1f.0', '0x060100', '0x8086', '0x5182'))
  expect(graphicsCards(root)).toEqual([])
})
