/** What rules are tried on: a ticket that exists, or one that does not. */
import { computed, ref } from 'vue'

import { FRESH_SAMPLE, sampleOf } from './sampleForm'

export function triedTicket(first: 'number' | 'sample') {
  const kind = ref(first)
  const number = ref('')
  const sample = ref({ ...FRESH_SAMPLE })
  return {
    kind,
    number,
    sample,
    isGiven: computed(() => kind.value === 'sample' || !!number.value.trim()),
    ticket: computed(() =>
      kind.value === 'number'
        ? { number: number.value.trim() }
        : { sample: sampleOf(sample.value) },
    ),
  }
}
