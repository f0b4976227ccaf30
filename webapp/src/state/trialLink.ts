/** The try-out link that was just given, until its page is left: the server does not know it any more. */
import { shallowRef } from 'vue'
import type { TrialLink } from '../api/formDeskTypes'

export const trialLink = shallowRef<TrialLink>()
