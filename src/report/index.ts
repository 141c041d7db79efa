/**
 * Pages and pictures of what a run has learnt.
 *
 * @module lacuna/report
 */

export { type Bar, type BarChart, barChart } from './bars.js'
export { type LineChart, lineChart, type ReferenceLevel, type Series } from './chart.js'
export { reportPage } from './page.js'
export { previewSheet } from './preview.js'
export { svgToPng } from './raster.js'
export type { Exhibit, Gallery, Health, MapPoint, PictureMap, RunReport } from './report.js'
export { type RunReportOptions, type WrittenReport, writeRunReport } from './run.js'
export { pictureSheet } from './sheet.js'
export type { Picture, Sheet, SheetPicture, SheetRow } from './sheet-layout.js'
export type { Point } from './smooth.js'
export { evaluationText, progressLine } from './text-lines.js'
export { type Verdict, type VerdictInput, type VerdictState, verdictOf, verdictText } from './verdict/verdict.js'
