import { describe, expect, test } from 'vitest'

import { type Command, matching } from '../src/components/keyboard/paletteCommands'

const command = (label: string, also: string): Command => ({
  key: label,
  kind: 'page',
  label,
  also,
  run: () => {},
})
const commands = [command('派单规则', 'Dispatch rules'), command('工作日历', 'Work calendars')]
const found = (typed: string) => matching(commands, typed).map(({ label }) => label)

describe('the palette', () => {
  test('shows everything before anything is typed', () => expect(found(' ')).toHaveLength(2))
  test('knows pages by either language', () => {
    expect(found('派单')).toEqual(['派单规则'])
    expect(found('CALEN work')).toEqual(['工作日历'])
  })
  test('wants every word', () => expect(found('work rules')).toEqual([]))
})
