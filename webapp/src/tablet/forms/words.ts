/** The words of the form component; apart from the other texts, because they are fetched together with the engine. */
import { catalogueOf } from '../../texts/catalogue'
import en from '../../texts/en/filledForm.json'
import tr from '../../texts/tr/filledForm.json'

export type FormWord = keyof typeof tr
export const word = catalogueOf<FormWord>(tr, en)
