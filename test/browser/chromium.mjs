// Where a Chromium is, and how it is started. https://github.com/Sparticuz/chromium
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/**
 * `{ launch }`, or `{ missing }`, a text that says what to do. A browser of the machine's own is used where
 * CHROME_PATH names one, or where the package has none for the machine.
 */
export async function findChromium() {
  const driver = await import('playwright-core').catch(() => undefined)
  if (driver === undefined) return { missing: 'npm --prefix test/browser ci brings a Chromium' }
  const { chromium } = driver
  const own = process.env.CHROME_PATH ?? findInPath()
  if (process.env.CHROME_PATH === undefined && hasPackaged) {
    return { launch: () => launchPackaged(chromium) }
  }
  if (own === undefined) return { missing: 'set CHROME_PATH to a Chromium of this machine' }
  return { launch: () => launch(chromium, own) }
}

/** What the package's binary runs on. */
const hasPackaged = process.platform === 'linux' && process.arch === 'x64'

function findInPath() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
}

async function launchPackaged(chromium) {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-chromium-'))
  // The package unpacks itself here, and, as it does in a bare container, with all the libraries that it needs.
  process.env.TMPDIR = folder
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  const browser = await launch(chromium, await packaged.executablePath())
  return {
    ...browser,
    async close() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(chromium, executablePath) {
  const browser = await chromium.launch({
    executablePath,
    // Root has no sandbox, and only our own page is opened.
    chromiumSandbox: false,
  })
  return {
    version: browser.version(),
    open: (options) => browser.newContext(options).then((context) => context.newPage()),
    close: () => browser.close(),
  }
}
