import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { put, temporaryFolder } from '../data/testing.js'
import { LacunaError } from '../errors.js'
import { lockRun } from './lock.js'

const lockOf = (owner: object) => ({ 'lock.json': JSON.stringify({ since: 'yesterday', ...owner }) })

/** The number of a process that has ended. */
const ended = () => spawnSync(process.execPath, ['-e', '']).pid

test('a second one is refused, also from the same process, until the first lets go', () => {
  const folder = temporaryFolder()
  const lock = lockRun(folder)
  expect(() => lockRun(folder)).toThrow(LacunaError)
  expect(() => lockRun(folder)).toThrow(
    /^[^\n]*: is being trained by this process since 20[^\n]*; wait for it to end, or choose another --out$/,
  )
  lock.release()
  expect(readdirSync(folder)).toEqual([])
  lockRun(folder).release()
})

test('a process that lives holds it; one that has ended does not', () => {
  const living = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  onTestFinished(() => void living.kill('SIGKILL'))
  const began = (pid: number | undefined) =>
    existsSync('/proc/self/stat') ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] : undefined
  const held = { pid: living.pid, host: hostname(), began: began(living.pid) }
  expect(() => lockRun(put(temporaryFolder(), lockOf(held)))).toThrow(`is being trained by process ${living.pid}`)
  const folder = put(temporaryFolder(), lockOf({ pid: ended(), host: hostname(), began: '1' }))
  lockRun(folder).release()
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(!existsSync('/proc/self/stat'))('another process of the same number does not hold it', () => {
  const folder = put(temporaryFolder(), lockOf({ pid: process.ppid, host: hostname(), began: '1' }))
  lockRun(folder).release()
  expect(readdirSync(folder)).toEqual([])
})

test('another machine holds it, since nobody here can tell; half a lock holds nothing', () => {
  const folder = put(temporaryFolder(), lockOf({ pid: ended(), host: 'elsewhere' }))
  expect(() => lockRun(folder)).toThrow('on elsewhere since yesterday; choose another --out, or remove')
  lockRun(put(temporaryFolder(), { 'lock.json': '{"pid": 1' })).release()
})

test('files that killed processes were writing are removed, and no others', () => {
  const mine = `report.html.${process.pid}.part`
  const torn = `state.safetensors.${ended()}.part`
  const folder = put(temporaryFolder(), {
    [`checkpoint/${torn}`]: 'half',
    'checkpoint/state.safetensors': 'whole',
    [mine]: 'being written',
    'notes.part': 'of the user',
  })
  lockRun(folder).release()
  expect(readdirSync(join(folder, 'checkpoint'))).toEqual(['state.safetensors'])
  expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'notes.part', mine].sort())
})

test('knows when the folder was moved, and takes the new one', () => {
  const folder = join(temporaryFolder(), 'run')
  put(folder, { 'config.json': '{}' })
  const lock = lockRun(folder)
  expect(lock.held()).toBe('held')
  renameSync(folder, `${folder}-moved`)
  expect(lock.held()).toBe('gone')
  put(folder, { 'config.json': '{}' })
  lock.again(folder)
  expect(lock.held()).toBe('held')
  lock.release()
  expect(readdirSync(folder)).toEqual(['config.json'])
})

test('a lock that alone was removed is taken again, but not from another training', () => {
  const folder = temporaryFolder()
  const lock = lockRun(folder)
  rmSync(join(folder, 'lock.json'))
  expect(lock.held()).toBe('retaken')
  expect(() => lockRun(folder)).toThrow('is being trained by this process')
  const other = put(folder, lockOf({ pid: 1, host: 'elsewhere' }))
  expect(lock.held()).toBe('gone')
  expect(() => lock.again(folder)).toThrow('on elsewhere')
  lock.release()
  expect(readdirSync(other)).toEqual(['lock.json'])
})
