import { expect, test } from 'vitest'

import { problemFrom } from '../src/api/problem'
import { watchedList } from '../src/composables/watchedList'

interface Answer {
  give(items: string[]): void
  refuse(error: unknown): void
}

/** A list whose answers come when the test wants them to. */
function listWithAnswers() {
  const answers: Answer[] = []
  const list = watchedList<string>(
    () =>
      new Promise((resolve, reject) => {
        answers.push({ give: (items) => resolve({ items }), refuse: reject })
      }),
  )
  return { list, answers }
}

test('nothing is known until the first answer', async () => {
  const { list, answers } = listWithAnswers()
  const loaded = list.load()
  expect([list.items.value, list.isLoading.value]).toEqual([null, true])
  answers[0]!.give(['a'])
  await loaded
  expect([list.items.value, list.isLoading.value]).toEqual([['a'], false])
})

test('an answer that was overtaken is not shown', async () => {
  const { list, answers } = listWithAnswers()
  const early = list.load()
  const late = list.load()
  answers[1]!.give([])
  await late
  answers[0]!.give(['discarded meanwhile'])
  await early
  expect(list.items.value).toEqual([])
})

test('what was there stays beside the problem, which goes with the next answer', async () => {
  const { list, answers } = listWithAnswers()
  const first = list.load()
  answers[0]!.give(['a'])
  await first
  const second = list.load()
  answers[1]!.refuse(problemFrom(503, { code: 'service.unavailable' }))
  await expect(second).rejects.toThrow()
  expect(list.items.value).toEqual(['a'])
  expect(list.problem.value?.status).toBe(503)
  const third = list.load()
  answers[2]!.give(['b'])
  await third
  expect([list.items.value, list.problem.value]).toEqual([['b'], null])
})
