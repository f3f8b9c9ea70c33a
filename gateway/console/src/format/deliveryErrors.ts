/** Why a message did not come, where the reason is our own: a key of ours. */

const KNOWN: [RegExp, string][] = [
  [/^no e-mail address$/, 'noMail'],
  [/^no phone number$/, 'noPhone'],
  [/^no WeCom account$/, 'noWecom'],
  [/^this installation has no provider for the channel$/, 'noProvider'],
  [/^the robot is gone or switched off$/, 'noRobot'],
  [/^the process ended while it was sent$/, 'outcomeOpen'],
  [/^throttled$/, 'throttled'],
  [/^the recipient has switched these channels off$/, 'switchedOff'],
  [/^the customer's addresses did not arrive/, 'noCard'],
  [/^not taken within 3 days/, 'tooOld'],
]

export function deliveryError(text: string): string | undefined {
  return KNOWN.find(([pattern]) => pattern.test(text))?.[1]
}
