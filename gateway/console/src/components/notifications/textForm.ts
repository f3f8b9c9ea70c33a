/** A text of a notice as it is edited: one place of the matrix, and what stands there. */
import type {
  Audience,
  NewText,
  Occasion,
  OwnText,
  ShippedText,
  TextChannel,
  TextLanguage,
} from '@/api/notifications'

const TEXT_LANGUAGES: readonly TextLanguage[] = ['zh', 'en']

/** Where a text stands: what it is about, for whom, on which channel, in which language. */
export interface TextPlace {
  occasion: Occasion
  audience: Audience
  /** The occasion's own, or one that rules name. */
  key: string
  channel: TextChannel
  language: TextLanguage
  shipped: ShippedText | null
  own: OwnText | null
}

export interface TextForm {
  subject: string
  body: string
  html: string
  provider_code: string
  provider_params: string[]
}

/** A line of the matrix: the same text in each language. */
export interface TextLine {
  audience: Audience
  key: string
  channel: TextChannel
  places: TextPlace[]
}

/** A text message has no title. */
export const hasSubject = (channel: TextChannel) => channel !== 'sms'

export function linesOf(occasion: Occasion, texts: readonly OwnText[]): TextLine[] {
  return occasion.audiences.flatMap((audience) => {
    const shipped = occasion.texts.filter((one) => one.audience === audience)
    const channels = [...new Set(shipped.map((one) => one.channel))]
    const key = occasion.template_keys[audience] ?? occasion.key
    return channels.map((channel) => lineOf(occasion, texts, { audience, key, channel }))
  })
}

/** Texts under keys of their own, for rules that name them. */
export function extraLinesOf(occasion: Occasion, texts: readonly OwnText[]): TextLine[] {
  const usual = Object.values(occasion.template_keys)
  const extra = texts.filter((one) => one.occasion === occasion.key && !usual.includes(one.key))
  const names = [...new Set(extra.map((one) => `${one.key} ${one.channel}`))]
  return names.map((name) => {
    const [key = '', channel = ''] = name.split(' ')
    const place = { audience: audienceOf(occasion, channel as TextChannel), key }
    return lineOf(occasion, texts, { ...place, channel: channel as TextChannel })
  })
}

/** Only colleagues are told on the other channels. */
function audienceOf(occasion: Occasion, channel: TextChannel): Audience {
  const isForCustomers = occasion.texts.some(
    (one) => one.audience === 'customer' && one.channel === channel,
  )
  return isForCustomers ? 'customer' : occasion.audiences.at(-1)!
}

export function lineOf(
  occasion: Occasion,
  texts: readonly OwnText[],
  line: Pick<TextLine, 'audience' | 'key' | 'channel'>,
): TextLine {
  const places = TEXT_LANGUAGES.map((language) => ({
    occasion,
    ...line,
    language,
    shipped:
      occasion.texts.find(
        (one) =>
          one.audience === line.audience &&
          one.channel === line.channel &&
          one.language === language,
      ) ?? null,
    own:
      texts.find(
        (one) => one.key === line.key && one.channel === line.channel && one.language === language,
      ) ?? null,
  }))
  return { ...line, places }
}

/** One's own words, else the shipped ones to begin with. */
export function formOf({ own, shipped }: TextPlace): TextForm {
  return {
    subject: own?.subject ?? (own ? '' : (shipped?.subject ?? '')),
    body: own?.body ?? shipped?.body ?? '',
    html: own?.html ?? '',
    provider_code: own?.provider_code ?? '',
    provider_params: own?.provider_params ?? [],
  }
}

export function bodyOf(place: TextPlace, form: TextForm): NewText {
  const isMail = place.channel === 'mail'
  const isSms = place.channel === 'sms'
  return {
    key: place.key,
    occasion: place.occasion.key,
    channel: place.channel,
    language: place.language,
    subject: hasSubject(place.channel) ? form.subject || null : null,
    body: form.body,
    html: isMail ? form.html || null : null,
    provider_code: isSms ? form.provider_code.trim() || null : null,
    provider_params: isSms ? form.provider_params : [],
  }
}
