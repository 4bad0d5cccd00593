// `aigw version`. A release build is stamped with the output of `git describe --tags` (build.mjs).

declare const __AIGW_VERSION__: string | undefined

const stamp = typeof __AIGW_VERSION__ === 'string' ? __AIGW_VERSION__ : ''

/** `dev`, a tag, or `<sha> (<tag>, +<commits since>)`. */
export function formatVersion(described: string): string {
  if (described === '') return 'dev'
  const [, tag, commits, sha] = /^(.+)-(\d+)-g([0-9a-f]+)$/.exec(described) ?? []
  if (tag === undefined) return described
  return commits === '0' ? tag : `${sha} (${tag}, +${commits})`
}

/** Of this build. */
export function readVersion(): string {
  return formatVersion(stamp)
}

export function versionLine(described: string = stamp): string {
  return `Envoy AI Gateway CLI: ${formatVersion(described)}\n`
}
