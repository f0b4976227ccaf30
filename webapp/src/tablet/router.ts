/** The tablet's pages. Who is not enrolled is led to the set-up, who is not signed in to the PIN. */
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw } from 'vue-router'
import { fact } from './store/database'
import { session } from './store/session'
import TodayPage from './pages/TodayPage.vue'

export const router = createRouter({
  history: createWebHistory('/tablet'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/kurulum', name: 'enrol', component: () => import('./pages/EnrolPage.vue'), meta: { title: 'tablet.enrol.title', open: true } },
    { path: '/giris', name: 'sign in', component: () => import('./pages/PinPage.vue'), meta: { title: 'tablet.who', open: true } },
    { path: '/', name: 'today', component: TodayPage, meta: { title: 'tablet.today' } },
    { path: '/ara', name: 'search', component: () => import('./pages/TargetSearchPage.vue'), meta: { title: 'tablet.search' } },
    { path: '/yeni', name: 'new target', component: () => import('./pages/NewTargetPage.vue'), meta: { title: 'tablet.new', typed: true } },
    { path: '/hedef/:id', name: 'target', component: () => import('./pages/TargetPage.vue'), props: true, meta: { title: 'tablet.known' } },
    {
      path: '/form', name: 'form', component: () => import('./pages/FormPage.vue'),
      props: ({ query }) => ({ draftId: query.draft, formId: query.form, assignmentId: query.visit, targetId: query.target, returnedId: query.returned }),
      meta: { title: 'tablet.forms', bare: true, typed: true },
    },
    { path: '/deneme', name: 'trial', component: () => import('./pages/TrialPage.vue'), meta: { title: 'trial.title', bare: true } },
    { path: '/giden', name: 'outbox', component: () => import('./pages/OutboxPage.vue'), meta: { title: 'tablet.outbox' } },
    { path: '/pin', name: 'pin', component: () => import('./pages/PinChangePage.vue'), meta: { title: 'tablet.pin.change' } },
    { path: '/:unknown(.*)*', redirect: '/' },
  ],
})

// A draft is tried out by whoever has its link, on an enrolled tablet or not.
router.beforeEach((to) => (to.name === 'trial' ? true : admit(to)))

async function admit(to: RouteLocationNormalized): Promise<RouteLocationRaw | true> {
  // A coordinator's QR: the code stands behind the #, so that it is in no log.
  if (to.name !== 'enrol' && to.hash.length > 1) return { name: 'enrol', hash: to.hash, replace: true }
  if (to.name === 'enrol') return true
  if (!(await fact('enrolment'))) return { name: 'enrol' }
  if (!session.value) return to.name === 'sign in' ? true : { name: 'sign in' }
  return to.meta.open ? { name: 'today' } : true
}
