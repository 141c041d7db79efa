import type { RunReport } from '../report.js'
import { gallery } from './gallery.js'
import { section } from './markup.js'

export const neighbours = (report: RunReport): string => section('Nearest neighbours', gallery('', report.neighbours))
