/**
 * Colours of the charts: each at least 3:1 on white, as WCAG 2.2 asks of graphics (1.4.11), in an
 * order in which neighbours differ in lightness too.
 */
export const PALETTE = [
  '#0b6b8a',
  '#c2571a',
  '#5b4bb5',
  '#2f8f4e',
  '#b02a6b',
  '#8a6a00',
  '#2b7bd0',
  '#7a4a2b',
  '#566a75',
  '#a3362f',
] as const

export const INK = '#17262d'
export const MUTED = '#586a73'
export const LINE = '#e2e8eb'
/** What was before, beside what is. */
export const BEFORE = '#7d9099'
