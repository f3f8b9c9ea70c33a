/** What the server says is wrong with a condition, an action or a recipient, as a key of ours. */

const KNOWN: [RegExp, string][] = [
  [/^is required$/, 'required'],
  [/^must not be empty$/, 'required'],
  [/^needs at least one (?:value|condition)$/, 'required'],
  [/^must be a list of at least one tag$/, 'required'],
  [/^must be a UUID$/, 'id'],
  [/^is not among the (?:groups|regions|people|calendars)$/, 'gone'],
  [/^must be a number$/, 'number'],
  [/^must be a list of two values/, 'pair'],
  [/^must not end before it begins$/, 'reversed'],
  [/^must be at most (?<count>\d+) characters$/, 'long'],
  [/^must have at most (?<count>\d+) /, 'many'],
  [/^must be at most (?<count>\d+) groups deep$/, 'deep'],
  [/^must be an instant/, 'instant'],
  [/^is not a field that conditions know$/, 'field'],
  [/^may be there only once$/, 'once'],
  [/^can never hold beside/, 'beside'],
  [/^can never hold$/, 'never'],
  [/^always holds$/, 'always'],
  [/^a policy needs at least one target$/, 'noTarget'],
  [/^needs at least one duration$/, 'noDuration'],
  [/^is a target that the policy does not have$/, 'targetGone'],
  [/^must be shorter before due than/, 'tooEarly'],
  [/^must not be before due: /, 'repeatsEarly'],
  [/^is another (?:step|calendar)'s already$/, 'taken'],
  [/^must not hold #/, 'hash'],
  [/^must be a whole number from (?<from>-?\d+) to (?<to>\d+)$/, 'whole'],
  [/^overlaps with (?<period>.+)$/, 'overlaps'],
  [/^is empty$/, 'emptyPeriod'],
  [/^ends before it starts/, 'endsFirst'],
  [/^must have times from 00:00/, 'time'],
  [/^must open at some time of the week$/, 'neverOpens'],
  [/^is required unless it is a holiday$/, 'hoursMissing'],
  [/^must be a line of text$/, 'required'],
  [/^must be one line of 1 to (?<count>\d+) characters$/, 'line'],
  [/^must be 1 to (?<count>\d+) characters$/, 'characters'],
  [/^an active rule needs a channel or a robot$/, 'channelMissing'],
  [/^there is no text of that key for this occasion$/, 'textGone'],
  [/^robots are for staff$/, 'robotsForStaff'],
  [/^is not known$/, 'unknown'],
  [/^another (?:webhook|robot) is called so$/, 'nameTaken'],
  [/^there is no such host$/, 'noHost'],
  [/^(?:not a URL$|a host is required)/, 'badUrl'],
  [/^only http and https are allowed$/, 'badScheme'],
  [/ is not a public address$/, 'privateAddress'],
  [/^some hour of the week must not be quiet$/, 'alwaysQuiet'],
  [/^quiet hours need a time zone$/, 'zoneMissing'],
  [/^is not a time zone$/, 'zoneUnknown'],
  [/^must be after `from`$/, 'afterStart'],
  [/^more than (?<count>\d+) deliveries/, 'tooManyReplays'],
  [/^(?:must be an https address|Not a valid URL)/, 'https'],
  [/^must be small letters, digits and single hyphens/, 'slug'],
  [/^must have \d+ to (?<count>\d+) characters$/, 'long'],
  [/^Shorter than minimum length 1\.|^Length must be between 1 and/, 'required'],
]

export function ruleError(
  text: string,
): { key: string; values: Record<string, string> } | undefined {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(text)
    if (found) return { key, values: { ...found.groups } }
  }
  return undefined
}
