// AWS's shared credentials and config files
// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).

/** Keys and values of one section; keys are lower-case. */
export type IniSection = ReadonlyMap<string, string>

/** By name; `[profile x]` is `x`, other kinds keep theirs (`sso-session x`). */
export type IniFile = ReadonlyMap<string, IniSection>

/** Sections of one name are joined, and the last duplicate of a key wins. Lines of no meaning are passed over. */
export function parseAwsIni(text: string): IniFile {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  // Deeper lines belong to the key above them, as in `s3 =` blocks.
  let keyIndent: number | undefined
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const content = line.trimStart()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    const indent = line.length - content.length
    const isNested = keyIndent !== undefined && indent > keyIndent
    if (content.startsWith('[') && !isNested) {
      const end = content.indexOf(']')
      const name = end < 0 ? undefined : sectionName(content.slice(1, end))
      section = name === undefined ? undefined : (sections.get(name) ?? new Map())
      if (name !== undefined && section !== undefined) sections.set(name, section)
      keyIndent = undefined
      continue
    }
    const equals = content.indexOf('=')
    if (section === undefined || isNested || equals < 0) continue
    keyIndent = indent
    section.set(
      content.slice(0, equals).trim().toLowerCase(),
      withoutComment(content.slice(equals + 1)).trim(),
    )
  }
  return sections
}

function sectionName(written: string): string {
  const name = written.trim().replace(/^profile\s+/, '')
  return name.replace(/^(["'])(.*)\1$/, '$2').trim()
}

/** A comment begins behind whitespace: a key may hold `#` or `;` itself. */
function withoutComment(value: string): string {
  const at = value.search(/\s[#;]/)
  return at < 0 ? value : value.slice(0, at)
}
