/** Wishes about notices as they are edited: what the server answers, and what is sent back. */
import type { ChannelWish, NewWishes, Wishes } from '@/api/preferences'

export interface WishForm {
  /** By group of occasions; null: as the rules have it. */
  channels: Record<string, ChannelWish | null>
  language: '' | 'zh' | 'en'
  isQuiet: boolean
  from: string
  until: string
  days: number[]
  zone: string
  wecom: string
}

/** For groups without wishes of their own. */
const OTHERS = '*'
export const IN_APP = 'in_app'
export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const EVENING = '22:00'
const MORNING = '08:00'

export function formOf(wishes: Wishes): WishForm {
  const { channels, groups, language } = wishes
  return {
    channels: Object.fromEntries(
      groups.map(({ key }) => [key, channels[key] ?? channels[OTHERS] ?? null]),
    ),
    language: language === 'zh' || language === 'en' ? language : '',
    isQuiet: wishes.quiet_from !== null,
    from: wishes.quiet_from ?? EVENING,
    until: wishes.quiet_until ?? MORNING,
    days: wishes.quiet_days,
    zone: wishes.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    wecom: wishes.wecom_userid ?? '',
  }
}

export function bodyOf(form: WishForm, old: Wishes): NewWishes {
  const others = old.channels[OTHERS]
  const own = Object.entries(form.channels).flatMap(([group, wish]) => {
    // Without words of its own a group would follow the others again.
    if (!wish && !others) return []
    return [[group, wish ?? { order: [], off: [] }]]
  })
  const channels = { ...(others ? { [OTHERS]: others } : {}), ...Object.fromEntries(own) }
  return {
    channels: channels as NewWishes['channels'],
    language: form.language || null,
    zone: form.isQuiet || old.zone ? form.zone : null,
    quiet_from: form.isQuiet ? form.from : null,
    quiet_until: form.isQuiet ? form.until : null,
    quiet_days: form.days,
    wecom_userid: form.wecom.trim() || null,
    dingtalk_userid: old.dingtalk_userid,
  }
}

export function isComplete(form: WishForm): boolean {
  return !form.isQuiet || (!!form.from && !!form.until && !!form.zone && form.days.length > 0)
}

/** Every way to choose some of the channels in an order; none of them is the last. */
export function waysOf(offered: readonly string[]): string[][] {
  const ways = (rest: readonly string[]): string[][] => [
    ...rest.flatMap((one) =>
      ways(rest.filter((other) => other !== one)).map((way) => [one, ...way]),
    ),
    [],
  ]
  return ways(offered).sort((a, b) => b.length - a.length)
}

export function wishOf(way: readonly string[], offered: readonly string[]): ChannelWish {
  return { order: [...way], off: offered.filter((one) => !way.includes(one)) }
}

/** Those that are used, in the order wanted. */
export function wayOf(wish: ChannelWish, offered: readonly string[]): string[] {
  const first = wish.order.filter((one) => offered.includes(one))
  const all = [...first, ...offered.filter((one) => !first.includes(one))]
  return all.filter((one) => !wish.off.includes(one))
}

/** A colleague is told on all channels but those that are off. */
export function turned(
  wish: ChannelWish | null,
  channel: string,
  isOn: boolean,
): ChannelWish | null {
  const off = (wish?.off ?? []).filter((one) => one !== channel)
  const next = { order: wish?.order ?? [], off: isOn ? off : [...off, channel] }
  return next.off.length || next.order.length ? next : null
}
