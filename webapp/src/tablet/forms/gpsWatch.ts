/** Watches the place while a form is open, so that a point is there when it is asked for; keeps the best fix of the last minute. */
import { computed, shallowRef } from 'vue'

export interface Fix {
  latitude: number
  longitude: number
  altitude: number | null
  accuracy: number
  at: number
}

export type GpsTrouble = 'refused' | 'none'
/** A worker goes on to the next house: an older fix, however good, is of the last one. */
const FRESH_MS = 60_000

export function watchGps() {
  const latest = shallowRef<Fix>()
  const best = shallowRef<Fix>()
  const trouble = shallowRef<GpsTrouble>()
  let watch: number | undefined

  function take({ coords }: GeolocationPosition) {
    const { latitude, longitude, altitude, accuracy } = coords
    const fix = { latitude, longitude, altitude, accuracy, at: Date.now() }
    latest.value = fix
    trouble.value = undefined
    if (!best.value || fix.accuracy <= best.value.accuracy || fix.at - best.value.at > FRESH_MS) best.value = fix
  }

  return {
    latest,
    /** The best fix that is still of this place. */
    best: computed(() => (best.value && (latest.value?.at ?? 0) - best.value.at <= FRESH_MS ? best.value : latest.value)),
    trouble,
    start() {
      if (watch !== undefined) return
      if (!('geolocation' in navigator)) {
        trouble.value = 'none'
        return
      }
      watch = navigator.geolocation.watchPosition(
        take,
        ({ code, PERMISSION_DENIED }) => (trouble.value = code === PERMISSION_DENIED ? 'refused' : 'none'),
        { enableHighAccuracy: true, maximumAge: 5_000, timeout: 60_000 },
      )
    },
    stop() {
      if (watch !== undefined) navigator.geolocation.clearWatch(watch)
      watch = undefined
    },
  }
}
export type GpsWatch = ReturnType<typeof watchGps>
