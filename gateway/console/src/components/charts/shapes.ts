/** What a chart shows, free of any library: series of figures over places or points of time. */
import type { FigureUnit } from '@/format/figures'

export interface Series {
  name: string
  values: (number | null)[]
  /** What was in the period before: drawn fainter. */
  isBefore?: boolean
}

export interface ChartContent {
  /** Names of the places on the axis, the points of time, or the axes of a radar. */
  labels: string[]
  series: Series[]
  unit: FigureUnit
}

/** Which place of which series somebody has pointed at. */
export interface Picked {
  series: number
  place: number
}

export interface RadarAxis {
  name: string
  unit: FigureUnit
}

export interface RadarContent {
  axes: RadarAxis[]
  /** One value an axis. */
  series: Series[]
}
