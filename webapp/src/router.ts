/** Addresses in Turkish, as people read them aloud; each page is its own chunk. */
import { ref } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { whenSessionIsLost } from './api/client'
import type { PageCode } from './api/types'
import { forget, homePath, me, whoAmI } from './state/session'
import type { TextKey } from './texts/catalogue'

declare module 'vue-router' {
  interface RouteMeta {
    title: TextKey
    page?: PageCode
    open?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    { path: '/giris', component: () => import('./pages/SignInPage.vue'), meta: { title: 'signIn.title', open: true } },
    { path: '/harita', component: () => import('./pages/MapPage.vue'), meta: { title: 'page.map', page: 'map' } },
    { path: '/ziyaretler', component: () => import('./pages/SubmissionsPage.vue'), meta: { title: 'page.submissions', page: 'submissions' } },
    { path: '/ziyaretler/:id', component: () => import('./pages/SubmissionPage.vue'), props: true, meta: { title: 'submission.title', page: 'submissions' } },
    { path: '/ziyaretler/:id/karsilastir', component: () => import('./pages/ComparePage.vue'), props: true, meta: { title: 'compare.title', page: 'submissions' } },
    { path: '/talepler', component: () => import('./pages/RequestsPage.vue'), meta: { title: 'page.requests', page: 'requests' } },
    { path: '/talepler/:id', component: () => import('./pages/RequestPage.vue'), props: true, meta: { title: 'request.title', page: 'requests' } },
    { path: '/incelenecekler', component: () => import('./pages/ReviewPage.vue'), meta: { title: 'page.review', page: 'review' } },
    { path: '/incelenecekler/geri-gonderilenler', component: () => import('./pages/ReviewPage.vue'), props: { returned: true }, meta: { title: 'page.review', page: 'review' } },
    { path: '/cakismalar', component: () => import('./pages/ConflictsPage.vue'), meta: { title: 'page.conflicts', page: 'conflicts' } },
    { path: '/cakismalar/kararlar', component: () => import('./pages/ConflictsPage.vue'), props: { decided: true }, meta: { title: 'page.conflicts', page: 'conflicts' } },
    { path: '/karantina', component: () => import('./pages/QuarantinePage.vue'), meta: { title: 'page.quarantine', page: 'quarantine' } },
    { path: '/karantina/:id', component: () => import('./pages/QuarantinedPage.vue'), props: true, meta: { title: 'quarantined.title', page: 'quarantine' } },
    { path: '/ziyaret-listeleri', component: () => import('./pages/VisitListsPage.vue'), meta: { title: 'page.visit_lists', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/hedefler', component: () => import('./pages/VisitTargetsPage.vue'), meta: { title: 'page.visit_lists', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/karar-bekleyenler', component: () => import('./pages/VisitAttentionPage.vue'), meta: { title: 'attention.title', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/gunun-plani', component: () => import('./pages/DayPlanPage.vue'), meta: { title: 'plan.title', page: 'visit_lists' } },
    { path: '/kampanyalar', component: () => import('./pages/CampaignsPage.vue'), meta: { title: 'page.campaigns', page: 'campaigns' } },
    { path: '/kampanyalar/iki-ekip', component: () => import('./pages/DoublesPage.vue'), meta: { title: 'page.campaigns', page: 'campaigns' } },
    { path: '/ekipler', component: () => import('./pages/TeamsPage.vue'), meta: { title: 'page.teams', page: 'teams' } },
    { path: '/ekipler/canli', component: () => import('./pages/LiveBoardPage.vue'), meta: { title: 'board.title', page: 'teams' } },
    { path: '/ziyaret-listeleri/aktar', component: () => import('./pages/VisitImportsPage.vue'), meta: { title: 'imports.title', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/aktar/:id', component: () => import('./pages/VisitImportPage.vue'), props: true, meta: { title: 'imports.title', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/yinelenenler', component: () => import('./pages/DuplicatesPage.vue'), meta: { title: 'duplicates.title', page: 'visit_lists' } },
    { path: '/ziyaret-listeleri/yinelenenler/kararlar', component: () => import('./pages/DuplicatesPage.vue'), props: { decided: true }, meta: { title: 'duplicates.title', page: 'visit_lists' } },
    { path: '/formlar', component: () => import('./pages/FormsPage.vue'), meta: { title: 'page.forms', page: 'forms' } },
    { path: '/formlar/yayimla', component: () => import('./pages/PublishFormPage.vue'), meta: { title: 'publish.title', page: 'forms' } },
    { path: '/formlar/turler', component: () => import('./pages/VisitTypesPage.vue'), meta: { title: 'visitTypes.title', page: 'forms' } },
    { path: '/formlar/taslaklar/:id', component: () => import('./pages/FormDraftPage.vue'), props: true, meta: { title: 'draft.title', page: 'forms' } },
    { path: '/formlar/:id', component: () => import('./pages/FormPage.vue'), props: true, meta: { title: 'form.title', page: 'forms' } },
    { path: '/tabletler', component: () => import('./pages/DevicesPage.vue'), meta: { title: 'page.tablets', page: 'tablets' } },
    { path: '/tabletler/collect', component: () => import('./pages/TabletsPage.vue'), meta: { title: 'page.tablets', page: 'tablets' } },
    { path: '/tabletler/bolgeler', component: () => import('./pages/TeamAreasPage.vue'), meta: { title: 'areas.title', page: 'tablets' } },
    { path: '/sinirlar', component: () => import('./pages/BoundariesPage.vue'), meta: { title: 'page.boundaries', page: 'boundaries' } },
    { path: '/kullanicilar', component: () => import('./pages/UsersPage.vue'), meta: { title: 'page.users', page: 'users' } },
    { path: '/parola', component: () => import('./pages/PasswordPage.vue'), meta: { title: 'password.title' } },
    { path: '/:unknown(.*)*', component: () => import('./pages/NothingHerePage.vue'), meta: { title: 'nothing.title' } },
  ],
})

/** Where to go after signing in; only our own paths, so that a link cannot lead elsewhere. */
export function pathToReturnTo(route: RouteLocationNormalized): string | null {
  const wanted = route.query.devam
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : null
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const person = await whoAmI().catch(() => undefined)
  // Without a network we cannot tell; the page itself shows the problem and a retry.
  if (person === undefined) return true
  if (person === null) return { path: '/giris', query: to.fullPath === '/' ? {} : { devam: to.fullPath } }
  if (to.path === '/') return homePath(person)
  if (to.meta.page && !person.pages.includes(to.meta.page)) return homePath(person)
  return true
})

/** The address of a page whose files could not be fetched, until another page has opened. */
export const notOpened = ref<string>()

// A newer version of the application has other files: when the server answers, loading the page anew finds them.
router.onError(async (_, to, from) => {
  const isServerThere = await fetch('/health/live').then(({ ok }) => ok, () => false)
  // Never from a first load, which would go round and round.
  if (isServerThere && from.matched.length) window.location.assign(to.fullPath)
  else notOpened.value = to.fullPath
})
router.afterEach((_to, _from, failure) => {
  if (!failure) notOpened.value = undefined
})

whenSessionIsLost(() => {
  if (!me.value) return
  forget()
  void router.push({ path: '/giris', query: { devam: router.currentRoute.value.fullPath } })
})
