/** Where the tablet is, while a page wants to know; nothing is stored or sent. */
import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type { Place } from './places'

export function useOwnPosition() {
  const position = shallowRef<Place & { accuracyM: number }>()
  let watch: number | undefined
  onMounted(() => {
    const found = ({ coords }: GeolocationPosition) => {
      position.value = { lat: coords.latitude, lon: coords.longitude, accuracyM: coords.accuracy }
    }
    watch = navigator.geolocation?.watchPosition(found, () => undefined, { enableHighAccuracy: true, maximumAge: 15_000 })
  })
  onBeforeUnmount(() => {
    if (watch !== undefined) navigator.geolocation.clearWatch(watch)
  })
  return position
}
