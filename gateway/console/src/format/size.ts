const UNITS = ['B', 'KB', 'MB', 'GB']

export function fileSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** Counters are exact up to 999; beyond that nobody reads the digits. */
export function counter(count: { value: number } | undefined): string {
  if (!count) return ''
  return count.value > 999 ? '999+' : String(count.value)
}
