/** Durations are drawn in the unit in which people read them, so that axes have round numbers. */
import { axisText, figureText, type FigureUnit } from '@/format/figures'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface Scale {
  /** By what a value is divided before it is drawn. */
  divisor: number
  axis(drawn: number): string
  full(drawn: number | null | undefined): string
}

export function scaleOf(
  values: readonly (number | null)[],
  unit: FigureUnit,
  language: string,
): Scale {
  const divisor = unit === 'seconds' ? divisorOf(Math.max(0, ...values.map((one) => one ?? 0))) : 1
  return {
    divisor,
    axis: (drawn) => (divisor === 1 ? axisText(drawn, unit, language) : timeText(drawn, divisor)),
    full: (drawn) =>
      figureText(
        drawn === null || drawn === undefined ? null : Math.round(drawn * divisor * 1e6) / 1e6,
        unit,
        language,
      ),
  }

  function timeText(drawn: number, size: number): string {
    const name = size === DAY ? 'day' : size === HOUR ? 'hour' : 'minute'
    return new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: 1,
    }).format(drawn)
  }
}

function divisorOf(most: number): number {
  if (most > 3 * DAY) return DAY
  if (most > 2 * HOUR) return HOUR
  return most > 2 * MINUTE ? MINUTE : 1
}
