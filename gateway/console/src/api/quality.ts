/** 质检: score sheets, sampling rules, and reviews with what becomes of them. */
import { api, take } from './client'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type ScoreSheet = Schemas['ScoreSheet']
export type NewScoreSheet = Schemas['NewScoreSheet']
export type SheetForm = Schemas['SheetForm']
export type SheetItem = Schemas['SheetItem']
export type QualityRule = Schemas['QualityRule']
export type NewQualityRule = Schemas['NewQualityRule']
export type ReviewRow = Schemas['ReviewRow']
export type Review = Schemas['Review']
export type ReviewStep = Schemas['ReviewStep']
export type ReviewPage = Schemas['ReviewPage']
export type NewSample = Schemas['NewSample']
export type NewReview = Schemas['NewReview']
export type ItemScores = Record<string, { points: number; comment?: string | null }>
export type ReviewState = ReviewRow['state']
export type ReviewerKind = QualityRule['reviewer']['kind']
export type ReviewQuery = NonNullable<operations['list_quality_reviews']['parameters']['query']>

export const STATES: ReviewState[] = [
  'waiting',
  'scored',
  'appealed',
  'upheld',
  'changed',
  'confirmed',
]
export const SIDES = ['all', 'for-me', 'own'] as const
export type Side = (typeof SIDES)[number]

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const edit = (key: string, version: number) => ({ ...withKey(key), 'If-Match': `"${version}"` })

export const listSheets = () => take(api.GET('/api/v1/score-sheets'))

export function saveSheet(
  key: string,
  old: ScoreSheet | null,
  body: NewScoreSheet,
): Promise<ScoreSheet> {
  if (!old)
    return take(api.POST('/api/v1/score-sheets', { params: { header: withKey(key) }, body }))
  const params = { path: { sheet_id: old.sheet_id }, header: edit(key, old.version) }
  return take(api.PUT('/api/v1/score-sheets/{sheet_id}', { params, body }))
}

export function publishSheet(key: string, sheet: ScoreSheet): Promise<ScoreSheet> {
  const params = { path: { sheet_id: sheet.sheet_id }, header: edit(key, sheet.version) }
  return take(api.POST('/api/v1/score-sheets/{sheet_id}/versions', { params }))
}

export function archiveSheet(key: string, sheet: ScoreSheet): Promise<ScoreSheet> {
  const params = { path: { sheet_id: sheet.sheet_id }, header: edit(key, sheet.version) }
  return take(api.POST('/api/v1/score-sheets/{sheet_id}/archive', { params }))
}

export function restoreSheet(key: string, sheet: ScoreSheet): Promise<ScoreSheet> {
  const params = { path: { sheet_id: sheet.sheet_id }, header: edit(key, sheet.version) }
  return take(api.POST('/api/v1/score-sheets/{sheet_id}/restoration', { params }))
}

export const listQualityRules = () => take(api.GET('/api/v1/quality-rules'))

export function saveQualityRule(
  key: string,
  old: QualityRule | null,
  body: NewQualityRule,
): Promise<QualityRule> {
  if (!old)
    return take(api.POST('/api/v1/quality-rules', { params: { header: withKey(key) }, body }))
  const params = { path: { rule_id: old.rule_id }, header: edit(key, old.version) }
  return take(api.PUT('/api/v1/quality-rules/{rule_id}', { params, body }))
}

export function removeQualityRule(key: string, rule: QualityRule) {
  const params = { path: { rule_id: rule.rule_id }, header: edit(key, rule.version) }
  return take(api.DELETE('/api/v1/quality-rules/{rule_id}', { params }))
}

export function listReviews(side: Side, query: ReviewQuery): Promise<ReviewPage> {
  if (side === 'own') return take(api.GET('/api/v1/quality-reviews/own', { params: { query } }))
  if (side === 'for-me')
    return take(api.GET('/api/v1/quality-reviews/for-me', { params: { query } }))
  return take(api.GET('/api/v1/quality-reviews', { params: { query } }))
}

export const getReview = (reviewId: string): Promise<Review> =>
  take(
    api.GET('/api/v1/quality-reviews/{review_id}', { params: { path: { review_id: reviewId } } }),
  )

export const listReviewTimeline = (reviewId: string, cursor: string | null) =>
  take(
    api.GET('/api/v1/quality-reviews/{review_id}/timeline', {
      params: { path: { review_id: reviewId }, query: cursor ? { cursor } : {} },
    }),
  )

export const compareReviewers = () => take(api.GET('/api/v1/quality-reviews/calibration'))

export const drawReview = (key: string, body: NewReview) =>
  take(api.POST('/api/v1/quality-reviews', { params: { header: withKey(key) }, body }))

export const drawSample = (key: string, body: NewSample) =>
  take(api.POST('/api/v1/quality-reviews/samples', { params: { header: withKey(key) }, body }))

const on = (key: string, review: ReviewRow) => ({
  path: { review_id: review.review_id },
  header: edit(key, review.version),
})

export const scoreReview = (key: string, review: ReviewRow, body: Schemas['NewScore']) =>
  take(api.POST('/api/v1/quality-reviews/{review_id}/score', { params: on(key, review), body }))

export const appealReview = (key: string, review: ReviewRow, reason: string) =>
  take(
    api.POST('/api/v1/quality-reviews/{review_id}/appeal', {
      params: on(key, review),
      body: { reason },
    }),
  )

export const decideAppeal = (key: string, review: ReviewRow, body: Schemas['AppealDecision']) =>
  take(api.POST('/api/v1/quality-reviews/{review_id}/decision', { params: on(key, review), body }))

export const confirmReview = (key: string, review: ReviewRow) =>
  take(api.POST('/api/v1/quality-reviews/{review_id}/confirmation', { params: on(key, review) }))

export const reassignReview = (key: string, review: ReviewRow, body: Schemas['NewReviewer']) =>
  take(api.PUT('/api/v1/quality-reviews/{review_id}/reviewer', { params: on(key, review), body }))

/** All that fits the filters, as a file that the browser loads down by itself. */
export function reviewFileAddress(query: ReviewQuery): string {
  const { limit: _limit, cursor: _cursor, ...filters } = query
  const words = Object.entries(filters).map(([name, value]) => [name, String(value)])
  return `/api/v1/quality-export?${new URLSearchParams([...words, ['format', 'csv']])}`
}
