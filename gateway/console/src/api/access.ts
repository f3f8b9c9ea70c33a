/** Logging in, and what people prove who they are with. */
import { api, take } from './client'
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type LoginOptions = Schemas['LoginOptions']
export type Captcha = Schemas['CaptchaView']
export type CaptchaAnswer = Schemas['CaptchaAnswer']
export type Challenge = Schemas['Challenge']
export type Enrolment = Schemas['EnrolmentView']
export type SecondFactor = Schemas['SecondFactorView']
export type OwnSession = Schemas['OwnSessionView']
export type ForeignSession = Schemas['ForeignSessionView']
export type Profile = Schemas['Profile']
export type ProfileChanges = Schemas['ProfileChanges']
export type Phone = Schemas['PhoneView']
export type SessionQuery = NonNullable<operations['list_sessions']['parameters']['query']>

/** Six digits of the app, or a recovery code. */
export type FactorCode = { code: string } | { recovery_code: string }

const withKey = (key: string) => ({ 'Idempotency-Key': key })

export const getLoginOptions = () => take(api.GET('/api/v1/login-options'))

export const openSession = (login: string, password: string, captcha?: CaptchaAnswer) =>
  take(api.POST('/api/v1/session', { body: { login, password, captcha } }))

export const answerSecondFactor = (challenge: string, given: FactorCode) =>
  take(api.POST('/api/v1/session/second-factor', { body: { challenge, ...given } }))

export const askForLoginCode = (
  who: { login: string } | { phone: string },
  captcha?: CaptchaAnswer,
) => take(api.POST('/api/v1/session/sms-codes', { body: { ...who, captcha } }))

export const answerLoginCode = (challenge: string, code: string) =>
  take(api.POST('/api/v1/session/sms', { body: { challenge, code } }))

export const newCaptcha = () => take(api.POST('/api/v1/captchas'))

export const changePassword = (current: string, next: string) =>
  take(api.PUT('/api/v1/me/password', { body: { current, new: next } }))

export const getSecondFactor = () => take(api.GET('/api/v1/me/totp'))

export const beginSecondFactor = (key: string, password?: string) =>
  take(api.POST('/api/v1/me/totp', { params: { header: withKey(key) }, body: { password } }))

export const confirmSecondFactor = (code: string) =>
  take(api.POST('/api/v1/me/totp/confirmation', { body: { code } }))

export const renewRecoveryCodes = (password: string | undefined, given: FactorCode) =>
  take(api.POST('/api/v1/me/totp/recovery-codes', { body: { password, ...given } }))

export const removeSecondFactor = (password: string | undefined, given: FactorCode) =>
  take(api.POST('/api/v1/me/totp/removal', { body: { password, ...given } }))

export const getProfile = () => take(api.GET('/api/v1/me'))

export const editProfile = (key: string, version: number, body: ProfileChanges) =>
  take(
    api.PATCH('/api/v1/me', {
      params: { header: { ...withKey(key), 'If-Match': `"${version}"` } },
      body,
    }),
  )

export const getOwnPhone = () => take(api.GET('/api/v1/me/phone'))

export const askForPhoneCode = (phone: string) =>
  take(api.POST('/api/v1/me/phone', { body: { phone } }))

export const confirmPhone = (challenge: string, code: string) =>
  take(api.PUT('/api/v1/me/phone', { body: { challenge, code } }))

export const listOwnSessions = () => take(api.GET('/api/v1/me/sessions'))

export const endOwnSession = (key: string, sessionId: string) =>
  take(
    api.DELETE('/api/v1/me/sessions/{session_id}', {
      params: { path: { session_id: sessionId }, header: withKey(key) },
    }),
  )

export const endOtherSessions = (key: string) =>
  take(api.DELETE('/api/v1/me/sessions', { params: { header: withKey(key) } }))

export const listSessions = (query: SessionQuery) =>
  take(api.GET('/api/v1/sessions', { params: { query } }))

export const endSession = (key: string, sessionId: string) =>
  take(
    api.DELETE('/api/v1/sessions/{session_id}', {
      params: { path: { session_id: sessionId }, header: withKey(key) },
    }),
  )

const ofPerson = (key: string, personId: string) => ({
  params: { path: { person_id: personId }, header: withKey(key) },
})

export const endSessionsOf = (key: string, personId: string) =>
  take(api.DELETE('/api/v1/accounts/{person_id}/sessions', ofPerson(key, personId)))

export const resetSecondFactor = (key: string, personId: string) =>
  take(api.DELETE('/api/v1/accounts/{person_id}/totp', ofPerson(key, personId)))

export const unlinkSso = (key: string, personId: string) =>
  take(api.DELETE('/api/v1/accounts/{person_id}/sso-identity', ofPerson(key, personId)))
