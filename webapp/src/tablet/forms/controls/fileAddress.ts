/** The file of an upload question as an address that a page can show; given back when it changes or goes. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import type { UploadNode } from '../engine'

export function useFileAddress(node: UploadNode): Ref<string> {
  const address = ref('')
  const forget = () => address.value && URL.revokeObjectURL(address.value)
  watch(
    () => node.currentState.value,
    (file) => {
      forget()
      address.value = file ? URL.createObjectURL(file) : ''
    },
    { immediate: true },
  )
  onBeforeUnmount(forget)
  return address
}
