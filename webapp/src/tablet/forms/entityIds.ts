/**
 * Ids of what a form creates. The engine gives one when a form or repeat begins, but not to what was not asked for then, so the
 * first finding would go without. Whoever corrects the form later must name the same finding by the same id.
 */
export function withEntityIds(xml: string): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const nameless = [...document.querySelectorAll('*')].filter(
    (one) => one.localName === 'entity' && one.getAttribute('id') === '' && ['1', 'true'].includes(one.getAttribute('create') ?? ''),
  )
  for (const entity of nameless) entity.setAttribute('id', crypto.randomUUID())
  return nameless.length ? new XMLSerializer().serializeToString(document) : xml
}
