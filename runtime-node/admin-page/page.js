// Shows what /requests/live says. Names come from clients: they only ever become text, never markup.

const byId = (id) => document.getElementById(id)

const count = new Intl.NumberFormat('en')
const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const missing = '–'

function formatMs(ms) {
  if (ms === null) return missing
  if (ms < 1) return '<1 ms'
  if (ms < 999.5) return `${ms < 10 ? rounded.format(ms) : Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** A share is never rounded to nothing, nor to all. */
function formatShare(part, whole) {
  if (part === 0 || whole === 0) return '0%'
  const percent = (100 * part) / whole
  if (percent < 0.1) return '<0.1%'
  if (part < whole && percent > 99.9) return '>99.9%'
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`
}

const describeP95 = ({ p95 }) => (p95 === null ? 'nothing measured yet' : `p95 ${formatMs(p95)}`)

const formatTokens = (tokens) => (tokens < 100_000 ? count : compact).format(tokens)

const shortName = (backend) => backend.replace(/^default\//, '')

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function element(tag, className, text = '') {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

/** Only what has changed is touched: a selection, a scroll position and the focus stay. */
function syncRows(body, items, keyOf, make, fill) {
  const known = new Map(Array.from(body.rows, (row) => [row.dataset.key, row]))
  const isFirst = known.size === 0
  let place = body.firstElementChild
  for (const item of items) {
    const key = String(keyOf(item))
    let row = known.get(key)
    known.delete(key)
    if (row === undefined) {
      row = make(item)
      row.dataset.key = key
      if (!isFirst) row.classList.add('fresh')
    }
    fill(row, item)
    if (row === place) place = place.nextElementSibling
    else body.insertBefore(row, place)
  }
  for (const row of known.values()) row.remove()
}

/* At a glance */

function showTotals({ totals, inFlight }) {
  const { requests, failed, aborted, inputTokens, outputTokens, latency, firstToken } = totals
  setText(byId('total-requests'), count.format(requests))
  setText(byId('total-in-flight'), `${count.format(inFlight)} in progress`)
  setText(byId('total-share'), formatShare(failed, requests))
  byId('total-share').classList.toggle('bad', failed > 0)
  const gone = aborted === 0 ? '' : `, ${count.format(aborted)} aborted`
  setText(byId('total-failed'), `${count.format(failed)} failed${gone}`)
  setText(byId('total-tokens'), formatTokens(inputTokens + outputTokens))
  setText(
    byId('total-token-kinds'),
    `${formatTokens(inputTokens)} in, ${formatTokens(outputTokens)} out`,
  )
  setText(byId('total-latency'), formatMs(latency.p50))
  setText(byId('total-latency-p95'), describeP95(latency))
  setText(byId('total-first-token'), formatMs(firstToken.p50))
  setText(byId('total-first-token-p95'), describeP95(firstToken))
}

/* Backends and models */

const columns = [
  ['Requests', ({ requests }) => count.format(requests)],
  ['Errors', ({ failed, requests }) => formatShare(failed, requests)],
  ['Tokens in', ({ inputTokens }) => formatTokens(inputTokens)],
  ['Tokens out', ({ outputTokens }) => formatTokens(outputTokens)],
  ['Latency p50', ({ latency }) => formatMs(latency.p50)],
  ['Latency p95', ({ latency }) => formatMs(latency.p95)],
  ['First token p50', ({ firstToken }) => formatMs(firstToken.p50)],
  ['First token p95', ({ firstToken }) => formatMs(firstToken.p95)],
]

const nameless = {
  gateway: ['The gateway itself', 'no backend was asked'],
  others: ['Others', 'not seen for longest'],
}

function makeBackendRow({ kind, backend, model, target }) {
  const row = document.createElement('tr')
  const [name, what] = nameless[kind] ?? [shortName(backend), model]
  const first = element('th', 'backend', name)
  const second = element('th', kind === 'backend' ? 'model' : 'missing', what || '(no model)')
  for (const cell of [first, second]) cell.scope = 'row'
  if (kind === 'backend' && target !== model) {
    second.append(element('span', 'minor', `asked for as ${target}`))
  }
  row.append(first, second)
  for (const [label] of columns) {
    const cell = element('td', 'number')
    cell.dataset.label = label
    const value = cell.appendChild(document.createElement('div'))
    value.append(element('span', 'value'))
    row.append(cell)
  }
  return row
}

function fillBackendRow(row, item) {
  const cells = row.querySelectorAll('td')
  columns.forEach(([label, format], index) => {
    const cell = cells[index]
    const value = cell.querySelector('.value')
    setText(value, format(item))
    cell.classList.toggle('missing', value.textContent === missing)
    if (label === 'Errors') {
      value.className = item.failed > 0 ? 'value share bad' : 'value share'
      showErrorDetail(value.parentElement, item)
    }
  })
}

function showErrorDetail(cell, { failed, aborted }) {
  const parts = [
    failed > 0 && `${count.format(failed)} failed`,
    aborted > 0 && `${count.format(aborted)} aborted`,
  ].filter(Boolean)
  let detail = cell.querySelector('.minor')
  if (parts.length === 0) return
  detail ??= cell.appendChild(element('span', 'minor'))
  setText(detail, parts.join(', '))
}

const order = { backend: 0, others: 1, gateway: 2 }

function compareRows(a, b) {
  return (
    order[a.kind] - order[b.kind] ||
    (a.backend ?? '').localeCompare(b.backend ?? '') ||
    (a.model ?? '').localeCompare(b.model ?? '') ||
    (a.target ?? '').localeCompare(b.target ?? '')
  )
}

/* The latest */

function makeLatestRow(entry) {
  const row = element('tr', entry.outcome)
  const endedAt = entry.startedAt + entry.durationMs
  const time = element('time', '', clock.format(endedAt))
  time.dateTime = new Date(endedAt).toISOString()
  const request = element('td', 'path', `${entry.method} ${entry.path}`)
  if (entry.stream) request.append(' ', element('span', 'tag', 'stream'))
  const backend = entry.backend === null ? missing : shortName(entry.backend)
  const tries = entry.tries > 1 ? ` (${entry.tries} tries)` : ''
  const bar = element('span', 'bar')
  bar.ariaHidden = 'true'
  const duration = wrap('td', 'number', element('div', 'duration'))
  duration.firstChild.append(bar, element('span', '', formatMs(entry.durationMs)))
  row.append(
    wrap('td', 'time', time),
    request,
    cellOf('model', entry.model || missing),
    cellOf('backend', `${backend}${tries}`),
    wrap('td', 'result', element('span', '', describeResult(entry))),
    duration,
    figure('first token', formatMs(entry.firstTokenMs)),
    figure('tokens in', entry.inputTokens === null ? missing : count.format(entry.inputTokens)),
    figure('out', entry.outputTokens === null ? missing : count.format(entry.outputTokens)),
  )
  return row
}

function wrap(tag, className, child) {
  const made = element(tag, className)
  made.append(child)
  return made
}

const cellOf = (className, text) =>
  element('td', text === missing ? `${className} missing` : className, text)

function figure(label, text) {
  const cell = cellOf('number figure', text)
  cell.dataset.label = label
  return cell
}

function describeResult({ outcome, status, error }) {
  if (outcome === 'aborted') return status === 0 ? 'aborted' : `${status} aborted`
  return outcome === 'ok' ? String(status) : `${status} ${error}`
}

/** Bars are as long as they are beside the slowest one in the list. */
const fillLatestRow = (slowest) => (row, entry) => {
  const { style } = row.querySelector('.bar')
  style.setProperty('--whole', entry.durationMs / slowest)
  style.setProperty('--first', (entry.firstTokenMs ?? 0) / slowest)
}

/* All of it */

function show(report) {
  const isEmpty = report.totals.requests === 0
  byId('empty').hidden = !isEmpty
  byId('filled').hidden = isEmpty
  byId('notice').hidden = report.notice === null
  setText(byId('notice'), report.notice ?? '')
  setText(byId('version'), report.version)
  setText(byId('since'), `, counting since ${moment.format(report.startedAt)}`)
  setText(byId('window'), count.format(report.window))
  showTotals(report)
  if (isEmpty) return showExample(report.example)
  syncRows(
    byId('backends'),
    report.rows.toSorted(compareRows),
    ({ key }) => key,
    makeBackendRow,
    fillBackendRow,
  )
  const slowest = Math.max(1, ...report.latest.map(({ durationMs }) => durationMs))
  syncRows(
    byId('latest'),
    report.latest,
    // After a restart numbers begin anew, and are other requests.
    ({ id }) => `${report.startedAt} ${id}`,
    makeLatestRow,
    fillLatestRow(slowest),
  )
}

function showExample(example) {
  setText(
    byId('empty-text'),
    example === null
      ? 'They appear here as they end. No backend can be used yet: what the gateway printed at its start says what is missing.'
      : 'They appear here as they end. Send one:',
  )
  byId('command').hidden = example === null
  setText(byId('example'), example ?? '')
}

/* Staying up to date */

/** The server says something at once, and then every 10 s. */
const silenceMs = { first: 5000, later: 25_000 }
const longestWaitMs = 10_000

let stream
let timer
let failures = 0

function setState(state, text) {
  byId('state').dataset.state = state
  setText(byId('state'), text)
}

const isPaused = () => byId('pause').getAttribute('aria-pressed') === 'true'

function stop() {
  stream?.close()
  stream = undefined
  clearTimeout(timer)
}

function connect() {
  stop()
  stream = new EventSource('requests/live')
  timer = setTimeout(lose, silenceMs.first)
  stream.onmessage = ({ data }) => {
    failures = 0
    clearTimeout(timer)
    timer = setTimeout(lose, silenceMs.later)
    setState('live', 'Live')
    show(JSON.parse(data))
  }
  stream.onerror = lose
}

/** Where a stream does not get through, one answer at a time may; then the stream is tried again. */
async function lose() {
  stop()
  failures++
  // Ahead of the answer, which a dead connection may never give.
  timer = setTimeout(connect, Math.min(longestWaitMs, 1000 * failures))
  if (failures > 1) setState('lost', 'Connection lost, trying again…')
  try {
    const answer = await fetch('requests', { signal: AbortSignal.timeout(5000) })
    if (!answer.ok) throw new Error(String(answer.status))
    const report = await answer.json()
    if (stream !== undefined || isPaused()) return
    setState('slow', 'Every few seconds')
    show(report)
  } catch {
    if (!isPaused() && stream?.readyState !== EventSource.OPEN) {
      setState('lost', 'Connection lost, trying again…')
    }
  }
}

byId('pause').addEventListener('click', ({ currentTarget }) => {
  const pausing = !isPaused()
  currentTarget.setAttribute('aria-pressed', String(pausing))
  if (pausing) {
    stop()
    setState('paused', 'Paused')
  } else connect()
})

byId('copy').addEventListener('click', async ({ currentTarget }) => {
  try {
    await navigator.clipboard.writeText(byId('example').textContent)
    setText(currentTarget, 'Copied')
  } catch {
    // Outside of a secure context there is no clipboard: the text is selected, to be copied by hand.
    getSelection().selectAllChildren(byId('example'))
    setText(currentTarget, 'Selected')
  }
  setTimeout(setText, 2000, currentTarget, 'Copy')
})

// A page that nobody sees costs the gateway nothing.
document.addEventListener('visibilitychange', () => {
  if (isPaused()) return
  if (document.hidden) stop()
  else connect()
})

// A region that scrolls must be within reach of the keyboard; one that does not should be no stop.
const regions = new ResizeObserver(() => {
  for (const region of document.querySelectorAll('.scroll')) {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0
      region.role = 'region'
      region.setAttribute('aria-labelledby', region.parentElement.getAttribute('aria-labelledby'))
    } else {
      for (const name of ['tabindex', 'role', 'aria-labelledby']) region.removeAttribute(name)
    }
  }
})
for (const region of document.querySelectorAll('.scroll, .scroll table')) regions.observe(region)

connect()
