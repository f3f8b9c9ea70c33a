/** Versions of templates: they never change, so each is asked for once. */
import { computed, shallowRef, watch } from 'vue'

import { getVersion, type TemplateVersion } from '@/api/templates'

import { useProblems } from './useProblems'

const known = new Map<string, Promise<TemplateVersion>>()

function versionOf(key: string, version: number): Promise<TemplateVersion> {
  const name = `${key} ${version}`
  const asked = known.get(name) ?? getVersion(key, version)
  known.set(name, asked)
  // What failed may be asked for again.
  asked.catch(() => known.delete(name))
  return asked
}

/** The version that a ticket keeps; null while it is not known, or where there is none. */
export function useTemplateVersion(named: () => { key: string; version: number } | null) {
  const { tell } = useProblems()
  const version = shallowRef<TemplateVersion | null>(null)
  const name = computed(() => {
    const wanted = named()
    return wanted ? `${wanted.key} ${wanted.version}` : ''
  })

  async function load(): Promise<void> {
    const wanted = named()
    version.value = null
    if (!wanted) return
    const asked = name.value
    try {
      const found = await versionOf(wanted.key, wanted.version)
      if (asked === name.value) version.value = found
    } catch (error) {
      tell(error)
    }
  }

  watch(name, () => void load(), { immediate: true })
  return version
}
