/*
 * Who calls: one bar above the operations takes the API key and the person to act for, once. Both are added to every request that is tried
 * out, and kept for this tab of the browser alone.
 */
const fields = [
  { id: 'key', label: 'API key', header: 'Authorization', placeholder: 'rdk_…', type: 'password', as: (key) => `Bearer ${key}` },
  {
    id: 'actor',
    label: 'Acts as',
    header: 'Redress-Actor',
    placeholder: 'buyer:B-77',
    type: 'text',
    // as a header carries it: percent-encoded where it is not ASCII, and % and comma, which mean something there
    as: (actor) => actor.replace(/[^ -~]|[%,]/gu, encodeURIComponent),
  },
]
const kept = (id) => sessionStorage.getItem(`redress-${id}`)

window.redressRequest = (request) => {
  for (const { id, header, as } of fields) {
    const value = kept(id)
    if (value && request.headers[header] === undefined && new URL(request.url, location.href).pathname.startsWith('/v1/'))
      request.headers[header] = as(value)
  }
  return request
}

const bar = document.createElement('form')
bar.className = 'redress-who'
bar.autocomplete = 'off'
bar.addEventListener('submit', (event) => event.preventDefault())
const title = document.createElement('strong')
title.textContent = 'Redress'
bar.append(title)
for (const { id, label, placeholder, type } of fields) {
  const input = Object.assign(document.createElement('input'), { id: `redress-${id}`, type, placeholder, value: kept(id) ?? '' })
  input.spellcheck = false
  input.addEventListener('input', () => sessionStorage.setItem(`redress-${id}`, input.value.trim()))
  const named = Object.assign(document.createElement('label'), { textContent: label, htmlFor: input.id })
  named.append(input)
  bar.append(named)
}
document.body.prepend(bar)
