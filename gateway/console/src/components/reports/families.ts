/** What metrics are about, in the order in which people look for them. */
const timed = (key: string) => [
  `${key}_mean`,
  `${key}_median`,
  `${key}_p90`,
  `${key}_business_mean`,
  `${key}_business_median`,
  `${key}_business_p90`,
]

export const METRIC_FAMILIES: readonly { name: string; metrics: readonly string[] }[] = [
  {
    name: 'amount',
    metrics: ['new', 'solved', 'unresolved', 'total', 'backlog', 'growth_rate'],
  },
  {
    name: 'efficiency',
    metrics: [
      ...timed('first_reply'),
      ...timed('resolution'),
      'handling_mean',
      'handling_median',
      'handling_p90',
      'overdue_count',
      'overdue_rate',
      'tickets_per_person',
    ],
  },
  {
    name: 'quality',
    metrics: [
      'fcr_rate',
      'reopened_rate',
      'complaint_resolution_rate',
      'transfers',
      'suggestion_uses',
      'quality_mean',
      'quality_pass_rate',
    ],
  },
  {
    name: 'promises',
    metrics: [
      'supervisions',
      'supervision_overdue',
      'supervision_met_rate',
      'collaborations',
      'collaboration_overdue',
      'collaboration_met_rate',
    ],
  },
  {
    name: 'satisfaction',
    metrics: ['satisfaction_mean', 'good_rate', 'bad_rate', 'csat', 'nps', 'response_rate'],
  },
]
