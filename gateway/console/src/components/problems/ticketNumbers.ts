/** Ticket numbers as people paste them: between spaces, commas or line breaks, in any case. */
export function numbersIn(text: string): string[] {
  const words = text.split(/[\s,;，；、]+/).filter(Boolean)
  return [...new Set(words.map((word) => word.toUpperCase()))]
}
