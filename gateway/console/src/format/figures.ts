/** Figures of reports in words: counts, durations, shares, scores and how they have changed. */
import { durationText } from './duration'

export type FigureUnit = 'count' | 'seconds' | 'share' | 'score' | 'points' | 'average'
export type Better = 'higher' | 'lower' | null

/** Nothing to count or to divide by. */
const NO_FIGURE = '–'

const DIGITS: Record<Exclude<FigureUnit, 'seconds' | 'share'>, number> = {
  count: 0,
  score: 2,
  points: 0,
  average: 1,
}

export function figureText(
  value: number | null | undefined,
  unit: FigureUnit,
  language: string,
): string {
  if (value === null || value === undefined) return NO_FIGURE
  if (unit === 'seconds') return durationText(value, language)
  if (unit === 'share') return shareText(value, language)
  return new Intl.NumberFormat(language, { maximumFractionDigits: DIGITS[unit] }).format(value)
}

/** For axes, where there is room for few letters. */
export function axisText(value: number, unit: FigureUnit, language: string): string {
  if (unit === 'seconds') return durationText(value, language, 1)
  if (unit === 'share') {
    return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(
      value,
    )
  }
  return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(
    value,
  )
}

export interface Compared {
  value: number | null
  previous?: number | null
  change?: number | null
}

/**
 * How much more it is than before. Shares differ in percentage points and scores in points: "10 %
 * more" of a rate is read either way.
 */
export function changeText(one: Compared, unit: FigureUnit, language: string): string | null {
  const { value, previous } = one
  if (value === null || previous === null || previous === undefined) return null
  const signed = (number: number, digits: number, style?: 'percent') =>
    new Intl.NumberFormat(language, {
      style,
      signDisplay: 'exceptZero',
      maximumFractionDigits: digits,
    }).format(number)
  if (unit === 'share') return signed((value - previous) * 100, 1)
  if (unit === 'score') return signed(value - previous, 2)
  if (unit === 'points') return signed(value - previous, 0)
  if (one.change === null || one.change === undefined) return null
  return signed(one.change, 1, 'percent')
}

export type Tone = 'better' | 'worse' | 'same' | 'plain'

/** Whether the change is good news; `plain` where neither way is. */
export function toneOf(one: Compared, better: Better | undefined): Tone {
  const { value, previous } = one
  if (value === null || previous === null || previous === undefined) return 'plain'
  if (value === previous) return 'same'
  if (!better) return 'plain'
  return value > previous === (better === 'higher') ? 'better' : 'worse'
}

function shareText(value: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(value)
}
