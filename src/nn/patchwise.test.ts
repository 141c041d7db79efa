import { expect, test } from 'vitest'
import { randomArray, relativeError } from '../engine/testing.js'
import { stack } from '../tensor/movement.js'
import { range } from '../tensor/shape.js'
import { c4 } from './c4.js'
import { eachPatch } from './patchwise.js'
import { runModule } from './testing.js'

test('each patch has the vector that it has alone', async () => {
  const encoder = c4({ size: 8, channels: 3 }, { scale: 0.25 })
  const patches = randomArray([2, 3, 3, 8, 8])
  const { y, shape } = await runModule(encoder, x => eachPatch(encoder, x), [patches])
  const alone = await runModule(
    encoder,
    x =>
      stack(
        range(3).map(i => encoder(x.slice(1, i, i + 1).reshape(2, 3, 8, 8))),
        1,
      ),
    [patches],
  )
  expect(shape).toEqual([2, 3, 64])
  expect(relativeError(y, alone.y)).toBeLessThan(1e-9)
})
