/** Two short notes. Made here: nothing has to be loaded. */

const NOTES_HZ = [880, 1175]
const NOTE_S = 0.16

export function ring(): void {
  // A browser that has not been touched yet stays silent.
  const context = new AudioContext()
  NOTES_HZ.forEach((frequency, place) => {
    const note = context.createOscillator()
    const volume = context.createGain()
    const at = context.currentTime + place * NOTE_S
    note.frequency.value = frequency
    volume.gain.setValueAtTime(0.12, at)
    volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S)
    note.connect(volume).connect(context.destination)
    note.start(at)
    note.stop(at + NOTE_S)
    if (place === NOTES_HZ.length - 1) note.onended = () => void context.close()
  })
}
