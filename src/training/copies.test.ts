import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPictures } from '../data/index.js'
import { plain, put, temporaryFolder } from '../data/testing.js'
import { pretrain } from './pretrain.js'

test('copies of one picture are nothing to train on', async () => {
  const grey = await plain([100], 16)
  const root = put(temporaryFolder(), Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.png`, grey])))
  const pictures = await openPictures(root, { size: 16, cache: join(root, 'cache') })
  const out = join(root, 'run')
  await expect(pretrain('simclr', pictures, { out, steps: 1, batch: 4, encoder: 'c4-half' })).rejects.toThrow(
    '40 pictures, 1 different: there is nothing to learn from copies; give pictures that differ',
  )
  expect(existsSync(join(out, 'config.json'))).toBe(false)
  pictures.close()
})
