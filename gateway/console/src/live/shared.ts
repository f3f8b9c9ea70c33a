/**
 * One connection for all tabs of a browser, which has few for each server: the tab that holds the
 * lock listens and tells the others; when it closes, the next one goes on where it was.
 */
import { LiveSource, type LiveListener, type LiveUpdate } from './source'

type Word =
  | { say: 'state'; isUp: boolean; position: string }
  | { say: 'update'; update: LiveUpdate; position: string }
  | { say: 'missed' }
  | { say: 'who' }

/** Listens until the returned function is called. `name` is the person's: sessions are not mixed. */
export function listenTogether(name: string, listener: LiveListener): () => void {
  // Without a secure context there are no locks; each tab then listens for itself while shown.
  return navigator.locks ? listenInTurns(name, listener) : listenWhileShown(listener)
}

function listenInTurns(name: string, listener: LiveListener): () => void {
  const channel = new BroadcastChannel(name)
  const over = new AbortController()
  let isUp = false
  let isFirst = false

  function tell(word: Word): void {
    hear(word)
    channel.postMessage(word)
  }

  function hear(word: Word): void {
    if (over.signal.aborted) return
    if ('position' in word && word.position) source.position = word.position
    if (word.say === 'update') listener.update(word.update)
    else if (word.say === 'missed') listener.missed()
    else if (word.say === 'state' && word.isUp !== isUp) {
      isUp = word.isUp
      listener.state(isUp)
    } else if (word.say === 'who' && isFirst) channel.postMessage(state())
  }

  const state = (): Word => ({ say: 'state', isUp, position: source.position })
  const source = new LiveSource({
    state: (up) => tell({ say: 'state', isUp: up, position: source.position }),
    update: (update) => tell({ say: 'update', update, position: source.position }),
    missed: () => tell({ say: 'missed' }),
  })

  channel.onmessage = (event: MessageEvent<Word>) => hear(event.data)
  channel.postMessage({ say: 'who' } satisfies Word)
  navigator.locks
    .request(name, { signal: over.signal }, () => {
      isFirst = true
      source.open()
      return new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()))
    })
    // Told to stop while waiting for its turn.
    .catch(() => {})

  return () => {
    if (isFirst)
      channel.postMessage({ say: 'state', isUp: false, position: source.position } satisfies Word)
    over.abort()
    source.close()
    channel.close()
  }
}

function listenWhileShown(listener: LiveListener): () => void {
  const source = new LiveSource(listener)
  const turn = () => {
    if (document.visibilityState === 'visible') source.open()
    else {
      source.close()
      listener.state(false)
    }
  }
  document.addEventListener('visibilitychange', turn)
  turn()
  return () => {
    document.removeEventListener('visibilitychange', turn)
    source.close()
  }
}
