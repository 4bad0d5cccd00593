import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AdminAnswer } from '../../../runtime-node/admin.ts'
import { createAdminPage } from '../../../runtime-node/admin-page.ts'
import type { PageReport } from '../../../runtime-node/page-source.ts'
import { createActivity } from '../../../src/observe/activity.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const empty: PageReport = {
  version: '1.2.3',
  startedAt: 0,
  inFlight: 0,
  notice: null,
  example: null,
  ...createActivity().report(),
}

function pageOf({ maxWatchers = 32 } = {}) {
  let version = 0
  const asked = { version: 0, report: 0 }
  const routes = createAdminPage({
    maxWatchers,
    source: {
      version() {
        asked.version++
        return String(version)
      },
      report() {
        asked.report++
        return { ...empty, inFlight: version }
      },
    },
  })
  const get = async (path: string): Promise<AdminAnswer> => {
    const answer = await routes[path]?.({ isLocal: true })
    if (answer === undefined) throw new Error(`nothing at ${path}`)
    return answer
  }
  /** The numbers that somebody with the page open is told. */
  const watch = async () => {
    const answer = await get('/requests/live')
    if ('body' in answer) throw new Error(answer.body)
    const told: number[] = []
    const close = answer.open((text) => {
      const [, data = ''] = /^data: (.*)$/m.exec(text) ?? []
      told.push(JSON.parse(data).inFlight)
    })
    return { told, close }
  }
  return {
    asked,
    get,
    watch,
    change() {
      version++
    },
  }
}

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/page.css', 'text/css; charset=utf-8', 'prefers-color-scheme'],
    ['/page.js', 'text/javascript; charset=utf-8', 'EventSource'],
    ['/icon.svg', 'image/svg+xml', '<svg'],
  ])('has %s', async (path, contentType, part) => {
    const answer = await pageOf().get(path)
    expect(answer).toMatchObject({ status: 200, contentType, body: expect.stringContaining(part) })
    expect(answer.headers?.['content-security-policy']).toMatch(/^default-src 'none';/)
    expect(answer.headers?.['content-security-policy']).not.toContain('unsafe')
  })

  it('asks nobody but its own server for anything, and holds no script or style itself', async () => {
    const { get } = pageOf()
    for (const path of ['/', '/page.css', '/page.js']) {
      const answer = await get(path)
      const text = 'body' in answer ? answer.body : ''
      expect([path, text.match(/(?:https?:)?\/\/[a-z][^\s'"]*\.[a-z]/gi)]).toEqual([path, null])
      expect([
        path,
        text.match(/<style|<script>|\sstyle=|\son\w+=|innerHTML|insertAdjacent/g),
      ]).toEqual([path, null])
    }
  })

  it('has its numbers as JSON too', async () => {
    const answer = await pageOf().get('/requests')
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' })
    expect(JSON.parse('body' in answer ? answer.body : '')).toEqual(empty)
  })
})

describe('live numbers', () => {
  it('cost nothing while nobody looks', async () => {
    const { asked, change, watch } = pageOf()
    change()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual({ version: 0, report: 0 })
    const { close } = await watch()
    close()
    asked.version = 0
    asked.report = 0
    change()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual({ version: 0, report: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('come at once, and then soon after they change', async () => {
    const { change, watch } = pageOf()
    const { told } = await watch()
    expect(told).toEqual([0])
    change()
    await vi.advanceTimersByTimeAsync(500)
    expect(told.at(-1)).toBe(1)
  })

  it('come together, however many changes there were, and are put together once for all', async () => {
    const { asked, change, watch } = pageOf()
    const [one, two] = [await watch(), await watch()]
    await vi.advanceTimersByTimeAsync(500)
    asked.report = 0
    for (let times = 0; times < 1000; times++) change()
    await vi.advanceTimersByTimeAsync(500)
    expect([one.told.at(-1), two.told.at(-1)]).toEqual([1000, 1000])
    expect(asked.report).toBe(1)
  })

  it('come every 10 s when nothing changes, so that a lost connection is noticed', async () => {
    const { watch } = pageOf()
    const { told } = await watch()
    await vi.advanceTimersByTimeAsync(500)
    const before = told.length
    await vi.advanceTimersByTimeAsync(9500)
    expect(told.length).toBe(before)
    await vi.advanceTimersByTimeAsync(500)
    expect(told.length).toBe(before + 1)
  })

  it('go on for the others when one leaves', async () => {
    const { change, watch } = pageOf()
    const [one, two] = [await watch(), await watch()]
    one.close()
    change()
    await vi.advanceTimersByTimeAsync(500)
    expect(one.told).toEqual([0])
    expect(two.told.at(-1)).toBe(1)
  })

  it('are for so many at once', async () => {
    const { get, watch } = pageOf({ maxWatchers: 1 })
    const { close } = await watch()
    expect(await get('/requests/live')).toMatchObject({ status: 503, body: 'too many watchers\n' })
    close()
    expect(await get('/requests/live')).toMatchObject({ status: 200 })
  })
})
