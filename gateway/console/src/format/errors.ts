/** Errors of services: the first line says what, the rest where. */

const SHORT = 160

export interface ErrorParts {
  summary: string
  /** There is more to see than the summary shows. */
  isLong: boolean
}

export function errorParts(error: string): ErrorParts {
  const [first = '', ...rest] = error.trim().split('\n')
  return { summary: first, isLong: first.length > SHORT || rest.length > 0 }
}
