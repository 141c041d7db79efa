import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { lineChart } from '/work/main/src/report/chart.js'
import { barChart } from '/work/main/src/report/bars.js'
import { svgToPng } from '/work/main/src/report/raster.js'
test('x', async () => {
  let s = 1; const r = () => (s = (s * 16807) % 2147483647) / 2147483647
  const pts = Array.from({ length: 600 }, (_, i) => [i * 5, 2.1 + 2.9 * Math.exp(-i / 120) + (r() - 0.5) * 0.35] as const)
  const svg = lineChart({ xLabel: 'step', yLabel: 'NT-Xent, nats', series: [{ label: 'train', points: pts }], smooth: 25, reference: { value: Math.log(127), label: 'chance: ln(127) = 4.84' } })
  writeFileSync('/tmp/line.svg', svg)
  writeFileSync('/tmp/line.png', await svgToPng(svg))
  const acc = (a: number) => Array.from({ length: 20 }, (_, i) => [i, a * (1 - Math.exp(-i / 5))] as const)
  const svg2 = lineChart({ xLabel: 'epoch', yLabel: 'accuracy', height: 240, width: 480, series: [{ label: 'linear probe', points: acc(0.6) }, { label: 'kNN', points: acc(0.45) }, { label: 'zero <shot>', points: [[0, 0.1], [5, NaN], [6, 0.2], [8, 0.3]] }], reference: { value: 0.1, label: 'chance' } })
  writeFileSync('/tmp/line2.png', await svgToPng(svg2))
  const bars = barChart({ bars: [{ label: 'SimCLR', mean: 0.623, sd: 0.012 }, { label: 'random init', mean: 0.341, sd: 0.02 }, { label: 'raw pixels', mean: 0.287 }], reference: { value: 0.1, label: 'chance 10 %' } })
  writeFileSync('/tmp/bars.svg', bars)
  writeFileSync('/tmp/bars.png', await svgToPng(bars))
})
