// `/` of the admin server: a page for people, and the numbers that it shows, as JSON and as a stream of server-sent
// events. While nobody looks, nothing is computed.
import { readFileSync } from 'node:fs'
import type { AdminAnswer, AdminRoutes, SendText } from './admin.ts'
import type { PageSource } from './page-source.ts'

export interface AdminPageOptions {
  readonly source: PageSource
  /** Pages that may be open at once, default 32: those beyond ask now and then. */
  readonly maxWatchers?: number
}

/** How long a change may wait to be shown, and how long silence lasts at most: a page takes longer ones for a loss. */
const tickMs = 500
const quietTicks = 20

export function createAdminPage(options: AdminPageOptions): AdminRoutes {
  const { source, maxWatchers = 32 } = options
  const watchers = new Set<SendText>()
  let timer: NodeJS.Timeout | undefined
  let shown = ''
  let quiet = 0

  const frame = () => `data: ${JSON.stringify(source.report())}\n\n`
  const tick = () => {
    const now = source.version()
    quiet++
    if (now === shown && quiet < quietTicks) return
    shown = now
    quiet = 0
    const text = frame()
    for (const send of watchers) send(text)
  }
  const open = (send: SendText) => {
    send(`retry: 2000\n${frame()}`)
    watchers.add(send)
    timer ??= setInterval(tick, tickMs).unref()
    return () => {
      watchers.delete(send)
      if (watchers.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }
  return {
    '/': () => answerFile('page.html', 'text/html; charset=utf-8'),
    '/page.css': () => answerFile('page.css', 'text/css; charset=utf-8'),
    '/page.js': () => answerFile('page.js', 'text/javascript; charset=utf-8'),
    '/icon.svg': () => answerFile('icon.svg', 'image/svg+xml'),
    '/requests': () => ({
      status: 200,
      body: JSON.stringify(source.report()),
      contentType: 'application/json',
      headers: { 'cache-control': 'no-store' },
    }),
    '/requests/live': () => {
      if (watchers.size >= maxWatchers) return { status: 503, body: 'too many watchers\n' }
      return {
        status: 200,
        contentType: 'text/event-stream',
        // The second: nginx keeps streams until they end.
        headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        open,
      }
    },
  }
}

/** Nothing from elsewhere, nothing inline, and no place in anybody's frame. */
const pageHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/** The build puts the folder beside the command. */
function answerFile(name: string, contentType: string): AdminAnswer {
  const file = new URL(`./admin-page/${name}`, import.meta.url)
  return { status: 200, body: readFileSync(file, 'utf8'), contentType, headers: pageHeaders }
}
