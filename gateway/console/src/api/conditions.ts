/** The language of conditions: its fields, and the JSON that rules and policies are written in. */
import { api, take } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type ConditionField = Schemas['ConditionField']
export type Action = Schemas['Action']
export type Recipient = Schemas['Recipient']
export type Source = NonNullable<ConditionField['source']>

export type Scalar = string | number | boolean
export type Value = Scalar | Scalar[]
export interface Comparison {
  field: string
  op: string
  value?: Value
}
export type GroupKind = 'all' | 'any' | 'none'
export type Group = { [kind in GroupKind]?: Condition[] }
export type Condition = Comparison | Group

export const listConditionFields = () => take(api.GET('/api/v1/condition-fields'))
