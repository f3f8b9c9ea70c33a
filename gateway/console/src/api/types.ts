/** Short names for the shapes of the generated OpenAPI schema. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Session = Schemas['Session']
export type Person = Schemas['Person']
export type Status = Schemas['Status']
export type TicketRow = Schemas['TicketRow']
export type Ticket = Schemas['Ticket']
export type TicketPage = Schemas['TicketPage']
export type TicketCounts = Schemas['TicketCounts']
export type CountValue = Schemas['CountValue']
export type Entry = Schemas['Entry']
export type TimelinePage = Schemas['TimelinePage']
export type Attachment = Schemas['Attachment']
export type Customer = Schemas['Customer']
export type Notice = Schemas['Notice']
export type NoticePage = Schemas['NoticePage']
export type Failure = Schemas['Failure']
export type Receipt = Schemas['Receipt']

export type Urgency = TicketRow['urgency']
export type Kind = NonNullable<TicketRow['kind']>
export type StatusCategory = TicketRow['status_category']
