// What a person sees and does on the admin server's page. Screenshots go to screenshots/, for people to look at.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'

const screenshots = join(import.meta.dirname, 'screenshots')
mkdirSync(screenshots, { recursive: true })

const desktop = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 }
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** A page that collects what a console would complain about, and what is asked of others. */
async function openPage({ browser }, url, options = desktop) {
  const page = await browser.open(options)
  const complaints = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

const isLive = (page) => page.locator('#state[data-state=live]').waitFor()
const textOf = (page, id) => page.locator(`#${id}`).textContent()
const shows = (page, id, text) => page.locator(`#${id}`, { hasText: text }).waitFor()
const rowsOf = async (page, id) => {
  const rows = await page.locator(`#${id} tr`).all()
  const cells = await Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
  return cells.map((texts) => texts.map((text) => text.replace(/\s+/g, ' ').trim()))
}
const shoot = (page, name) =>
  page.screenshot({
    path: join(screenshots, `${name}.png`),
    fullPage: true,
    animations: 'disabled',
  })

/** The width of what there is, beside that of the window. */
const overflowOf = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

async function findBarriers(page) {
  // By its text: the page's own policy lets no other script in.
  await page.evaluate(readFileSync(axe, 'utf8'))
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`,
  )
}

/** Every kind of request, one after another, so that their order is known. */
async function sendMixed({ begin, chat }) {
  await chat({}, { trouble: 'tokens=12' })
  await chat({ stream: true }, { trouble: 'tokens=40' })
  await chat({ model: 'mistral:latest', stream: true })
  await chat({}, { trouble: 'status=429' })
  await chat({ stream: true }, { trouble: 'cut=3' })
  await chat({ model: '<script>alert(1)</script><img src=x onerror=alert(2)>' })
  const client = new AbortController()
  await begin({ stream: true }, { trouble: 'stall=3', signal: client.signal })
  return { leave: () => client.abort() }
}

export const cases = {
  async 'an empty page has a command that works, and its request appears without a reload'(world) {
    const gateway = await world.workspace.start()
    const { page, complaints } = await openPage(world, gateway.admin)
    await isLive(page)
    assert.equal(await textOf(page, 'empty-title'), 'No requests yet')
    await shoot(page, 'empty')
    const command = await textOf(page, 'example')
    await page.getByRole('button', { name: 'Copy' }).press('Enter')
    await page.getByRole('button', { name: /Copied|Selected/ }).waitFor()
    const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`], {
      env: { PATH: process.env.PATH },
    })
    assert.match(stdout, /"chat.completion"/)
    await shows(page, 'total-requests', '1')
    assert.equal(await page.locator('#empty').isVisible(), false)
    const [[, request, model, backend, result]] = await rowsOf(page, 'latest')
    assert.deepEqual(
      [request, model, backend, result],
      ['POST /v1/chat/completions', 'gpt-4o-mini', 'openai', '200'],
    )
    assert.deepEqual(complaints, [])
    await page.close()
    await gateway.kill()
  },

  async 'every kind of request appears as it ends, and the sums are right'(world) {
    const gateway = await world.workspace.start(['--simulate-rate', '200'])
    world.gateway = gateway
    const { page, complaints } = await openPage(world, gateway.admin)
    await isLive(page)
    const { leave } = await sendMixed(gateway)
    await shows(page, 'total-in-flight', '1 in progress')
    leave()
    await shows(page, 'total-in-flight', '0 in progress')
    await fetch(`${gateway.url}/nothing/here?key=SECRET`)
    await shows(page, 'total-requests', '8')

    const latest = await rowsOf(page, 'latest')
    const described = latest.map(([, request, model, backend, result]) =>
      [request, model, backend, result].join(' | '),
    )
    const chat = 'POST /v1/chat/completions'
    const script = '<script>alert(1)</script><img src=x onerror=alert(2)>'
    assert.deepEqual(described, [
      'GET /nothing/here | – | – | 404 unsupported_path',
      `${chat} stream | gpt-4o-mini | openai | 200 aborted`,
      `${chat} | ${script} | openai | 200`,
      `${chat} stream | gpt-4o-mini | openai | 200 upstream_reset`,
      `${chat} | gpt-4o-mini | openai | 429 provider_error`,
      `${chat} stream | mistral:latest | ollama | 200`,
      `${chat} stream | gpt-4o-mini | openai | 200`,
      `${chat} | gpt-4o-mini | openai | 200`,
    ])
    const [stream = [], whole = []] = latest.slice(-2)
    assert.match(stream[5], /^[\d.]+ m?s$/)
    assert.match(stream[6], /^[\d.]+ m?s$/)
    assert.equal(whole[6], '–')

    assert.equal(await textOf(page, 'total-share'), '38%')
    assert.equal(await textOf(page, 'total-failed'), '3 failed, 1 aborted')
    const tokens = (column) =>
      latest.reduce((sum, row) => sum + (Number(row[column]) || 0), 0).toLocaleString('en')
    assert.equal(await textOf(page, 'total-token-kinds'), `${tokens(7)} in, ${tokens(8)} out`)
    const backends = await rowsOf(page, 'backends')
    assert.deepEqual(
      backends.map(([backend, model, requests, errors]) => [backend, model, requests, errors]),
      [
        ['ollama', 'mistral:latest', '1', '0%'],
        ['openai', script, '1', '0%'],
        ['openai', 'gpt-4o-mini', '5', '40% 2 failed, 1 aborted'],
        ['The gateway itself', 'no backend was asked', '1', '100% 1 failed'],
      ],
    )
    assert.equal(await page.locator('table script, table img').count(), 0)
    assert.doesNotMatch(await page.content(), /SECRET|What a client has to say/)
    assert.deepEqual(complaints, [])
    await page.close()
  },

  async 'light and dark have no barrier that axe knows, at any width'(world) {
    const seen = new Set()
    for (const [name, options] of Object.entries({
      light: { ...desktop, colorScheme: 'light' },
      dark: { ...desktop, colorScheme: 'dark' },
      phone: { ...phone, colorScheme: 'light' },
      'phone-dark': { ...phone, colorScheme: 'dark' },
    })) {
      const { page, complaints } = await openPage(world, world.gateway.admin, options)
      await isLive(page)
      await shoot(page, name)
      seen.add(
        await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      )
      assert.deepEqual(await findBarriers(page), [], name)
      assert.equal(await overflowOf(page), 0, name)
      assert.deepEqual(complaints, [], name)
      await page.close()
    }
    assert.equal(seen.size, 2)
  },

  async 'nothing reaches over the edge of a phone, and between, tables scroll by keyboard'(world) {
    const { page } = await openPage(world, world.gateway.admin, phone)
    await isLive(page)
    const beyond = await page.evaluate(() =>
      Array.from(document.querySelectorAll('body *'))
        .filter((element) => element.getClientRects().length > 0)
        .filter((element) => !element.closest('thead, .skip'))
        .filter((element) => {
          const { right } = (
            element.closest('td, th') ? element.closest('tr') : document.body
          ).getBoundingClientRect()
          return element.getBoundingClientRect().right > right + 1
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    )
    assert.deepEqual(beyond, [])
    await page.setViewportSize({ width: 950, height: 700 })
    const region = page
      .getByRole('region', { name: 'Last 50 requests' })
      .and(page.locator('.scroll'))
    await region.focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => document.activeElement.scrollLeft > 0)
    assert.equal(await overflowOf(page), 0)
    await page.close()
  },

  async 'a keyboard reaches everything, in order, and shows where it is'(world) {
    const { page } = await openPage(world, world.gateway.admin)
    await isLive(page)
    const stops = []
    for (;;) {
      await page.keyboard.press('Tab')
      const stop = await page.evaluate(() => {
        const { activeElement } = document
        const { outlineStyle, outlineWidth } = getComputedStyle(activeElement)
        const { top, bottom } = activeElement.getBoundingClientRect()
        return {
          name: activeElement.textContent.trim(),
          isEnd: activeElement === document.body,
          isMarked: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
          isInView: top >= 0 && bottom <= innerHeight,
        }
      })
      if (stop.isEnd || stops.length > 20) break
      stops.push(stop)
    }
    assert.deepEqual(
      stops.map(({ name }) => name),
      ['Skip to the numbers', 'Metrics', 'Configuration', 'Health', 'Pause', '/metrics'],
    )
    for (const { name, isMarked, isInView } of stops) {
      assert.deepEqual([name, isMarked, isInView], [name, true, true])
    }
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
    await page.close()
  },

  async 'it can be paused by keyboard, and catches up'(world) {
    const { page } = await openPage(world, world.gateway.admin)
    await isLive(page)
    const before = await textOf(page, 'total-requests')
    await page.getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Pause', pressed: true }).waitFor()
    assert.equal(await textOf(page, 'state'), 'Paused')
    await world.gateway.chat({})
    const after = String(Number(before) + 1)
    await page.waitForTimeout(1500)
    assert.equal(await textOf(page, 'total-requests'), before)
    await page.keyboard.press('Enter')
    await shows(page, 'total-requests', after)
    await isLive(page)
    await page.close()
  },

  async 'a new row keeps the focus and the selection where they are'(world) {
    const { page } = await openPage(world, world.gateway.admin)
    await isLive(page)
    const first = page.locator('#latest tr').first()
    await first.locator('.path').evaluate((cell) => getSelection().selectAllChildren(cell))
    const before = Number(await textOf(page, 'total-requests'))
    await world.gateway.chat({})
    await shows(page, 'total-requests', String(before + 1))
    assert.match(await page.evaluate(() => getSelection().toString()), /POST \/v1/)
    assert.equal(await page.locator('#latest tr.fresh').count(), 1)
    await page.close()
  },

  async 'a page that nobody sees asks for nothing, and catches up when it is seen'(world) {
    const { page } = await openPage(world, world.gateway.admin)
    await isLive(page)
    const before = await textOf(page, 'total-requests')
    const turn = (hidden) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await turn(true)
    await world.gateway.chat({})
    await page.waitForTimeout(1500)
    assert.equal(await textOf(page, 'total-requests'), before)
    await turn(false)
    await shows(page, 'total-requests', String(Number(before) + 1))
    await page.close()
  },

  async 'a configuration that was refused is told'(world) {
    const file = join(world.workspace.folder, 'config.yaml')
    cpSync(join(world.workspace.folder, 'defaults', 'aigw.yaml'), file)
    const gateway = await world.workspace.start([file])
    const { page, complaints } = await openPage(world, gateway.admin)
    await isLive(page)
    assert.equal(await page.getByRole('alert').isVisible(), false)
    appendFileSync(file, '\n---\nkind: [')
    await page.getByRole('alert').filter({ hasText: 'configuration not reloaded' }).waitFor()
    assert.deepEqual(await findBarriers(page), [])
    assert.deepEqual(complaints, [])
    await page.close()
    await gateway.kill()
  },

  async 'nothing moves for who wants no motion'(world) {
    const options = { ...desktop, reducedMotion: 'reduce' }
    const { page } = await openPage(world, world.gateway.admin, options)
    await isLive(page)
    const before = Number(await textOf(page, 'total-requests'))
    await world.gateway.chat({})
    await shows(page, 'total-requests', String(before + 1))
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0)
    await page.close()
  },

  async 'where no stream gets through, it asks now and then'(world) {
    const page = await world.browser.open(desktop)
    await page.route('**/requests/live', (route) => route.abort())
    await page.goto(world.gateway.admin)
    await page.locator('#state[data-state=slow]').waitFor()
    const before = Number(await textOf(page, 'total-requests'))
    await world.gateway.chat({})
    await shows(page, 'total-requests', String(before + 1))
    await page.unroute('**/requests/live')
    await isLive(page)
    await page.close()
  },

  async 'it says when the gateway is gone, and begins anew with the next'(world) {
    const first = await world.workspace.start()
    await first.chat({})
    const { page } = await openPage(world, first.admin)
    await isLive(page)
    await first.kill()
    await shows(page, 'state', 'Connection lost')
    await shoot(page, 'lost')
    const port = new URL(first.admin).port
    const second = await world.workspace.start(['--admin-port', port])
    await isLive(page)
    await shows(page, 'empty-title', 'No requests yet')
    await page.close()
    await second.kill()
    await world.gateway.kill()
  },
}
