/** What the form of a survey offers for a score. */
import type { SurveyTag, SurveyTagChoice } from '@/api/surveys'

const GOOD_FROM = 4

/** Whoever finds it only fair may say what was missing: 3 has the reasons of low scores. */
export function isOffered(tag: Pick<SurveyTagChoice, 'for'>, score: number | null): boolean {
  if (score === null) return false
  return tag.for === 'all' || (tag.for === 'high') === score >= GOOD_FROM
}

/** A key for a new tag that none of the others has. */
export function freshKey(tags: readonly SurveyTag[]): string {
  const taken = new Set(tags.map((tag) => tag.key))
  let count = tags.length + 1
  while (taken.has(`tag_${count}`)) count += 1
  return `tag_${count}`
}
