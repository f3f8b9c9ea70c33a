/** Reasons and notes are single lines for the gateway, however they were typed. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
