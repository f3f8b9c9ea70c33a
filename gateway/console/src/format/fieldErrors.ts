/** What a server says is wrong, by the path of the field. */
import type { FieldErrors } from '@/api/problem'

/** Lists as the services write their places: `steps[0].key`, not `steps.0.key`. */
export function pathsOf(errors: FieldErrors): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors).map(([path, texts]) => [
      path.replace(/\.(\d+)(?=\.|\[|$)/g, (place, index, at) =>
        // A weekday of `weekly.1` is a name, no place.
        path.slice(0, at) === 'weekly' ? place : `[${index}]`,
      ),
      [texts].flat(),
    ]),
  )
}

/** Whether all of it is about fields that a form marks itself. */
export function areMarked(errors: FieldErrors, names: readonly string[]): boolean {
  const paths = Object.keys(errors)
  return paths.length > 0 && paths.every((path) => names.some((name) => path.startsWith(name)))
}
