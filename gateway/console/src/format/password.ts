/** What can be said of a new password before it is sent; the gateway knows more rules. */

export type PasswordHint = 'length' | 'kinds' | 'name'

const KINDS_NEEDED = 3
const SHORTEST_NAME = 3

export function kindsOf(password: string): number {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]
  return kinds.filter((kind) => kind.test(password)).length
}

/** Each hint, and whether the password does what it says. */
export function passwordHints(
  password: string,
  names: string[],
  minLength: number,
): [PasswordHint, boolean][] {
  const folded = password.toLowerCase()
  const held = names
    .flatMap((name) => [name, ...name.split(/[\s._@-]+/)])
    .map((name) => name.toLowerCase())
    .filter((name) => name.length >= SHORTEST_NAME)
  return [
    ['length', [...password].length >= minLength],
    ['kinds', kindsOf(password) >= KINDS_NEEDED],
    ['name', password !== '' && !held.some((name) => folded.includes(name))],
  ]
}
