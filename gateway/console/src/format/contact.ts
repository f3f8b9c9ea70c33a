/** Tells what somebody has typed to find a customer: a mail address, a phone number, or neither. */
export function contactKind(words: string): 'email' | 'phone' | null {
  if (/^\S+@\S+$/.test(words)) return 'email'
  return /^\+?[\d\s()-]{5,}$/.test(words) ? 'phone' : null
}
