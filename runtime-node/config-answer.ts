// What the admin server says about the configuration in use.
import { listEffectiveResources } from '../src/config/effective.ts'
import type { AdminCaller, AdminText } from './admin.ts'
import type { LiveConfig } from './reload.ts'

/** `GET /config`: JSON, without any credential, and for this machine alone. */
export function answerConfig({ isLocal }: AdminCaller, live: LiveConfig | undefined): AdminText {
  if (!isLocal) return { status: 403, body: 'only from this machine\n' }
  if (live === undefined) return { status: 503, body: 'starting\n' }
  const { version, loadedAt, loaded, refused } = live.status()
  const { origin, sources, diagnostics } = loaded
  const body = {
    version,
    loadedAt,
    source: origin.path ?? origin.kind,
    ...(refused === undefined ? {} : { refused }),
    diagnostics,
    resources: listEffectiveResources(sources),
  }
  return {
    status: 200,
    body: `${JSON.stringify(body, null, 2)}\n`,
    contentType: 'application/json',
  }
}

/** A line for `/health` while a newer configuration waits for a correction. */
export function describeRefusal(live: LiveConfig | undefined): string | undefined {
  const refused = live?.status().refused
  if (refused === undefined) return undefined
  return `configuration not reloaded at ${refused.at.toISOString()}: ${refused.reason}`
}
