// What the tests of the tablet's store may call.
export { openStore, store } from '../../webapp/src/tablet/store/openStore'
export { searchKey } from '../../webapp/src/tablet/search/folding'
export { SearchIndex } from '../../webapp/src/tablet/search/searchIndex'
export { allRead, held } from '../../webapp/src/tablet/store/heldData'
