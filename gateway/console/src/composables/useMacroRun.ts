/** The macro that is asked for anywhere on a ticket's page; empty: any, null: none. */
import { shallowRef } from 'vue'

const wanted = shallowRef<string | null>(null)

export const useMacroRun = () => wanted
