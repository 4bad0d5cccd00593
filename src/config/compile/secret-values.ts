// The value at a key of a Secret: annotations first, then what is written. No message holds a value.
import type { SecretReference } from '../fields/names.ts'
import { isHeaderValue } from '../fields/values.ts'
import { type Located, nameResource } from '../findings.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'
import { chooseNamespace } from './grants.ts'

/**
 * `none`: there is no usable value, and `missing` says what to do about it. `broken`: the
 * configuration points nowhere, and `reason` says so.
 */
export type SecretValue =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'none'; readonly missing: string }
  | { readonly kind: 'broken'; readonly reason: string }

const environmentAnnotation = 'substitution.aigw.run/env/'
const fileAnnotation = 'substitution.aigw.run/file/'

/** A literal that only holds a place: as a whole, or as the values of an ini file. */
const placeholderPattern = /^\s*NOT_A_REAL_|=\s*NOT_A_REAL_/m

/** Reads the key of the Secret that `from` refers to. Warns about what stays without a value. */
export function readSecretValue(
  compilation: Compilation,
  from: Resource,
  path: Path,
  reference: SecretReference,
  key: string,
): SecretValue {
  const { resources, report } = compilation
  const { name } = reference
  const foreign = { kind: 'Secret', namespace: reference.namespace, name } as const
  const namespace = chooseNamespace(compilation, from, {
    ...foreign,
    path: [...path, 'namespace'],
  })
  const secret = resources.find('Secret', namespace, reference.name)
  if (secret === undefined) {
    const missing = { kind: 'Secret', namespace, name: reference.name } as const
    const effect = 'requests that need it fail'
    const severity = 'warning'
    resources.reportMissing(from, { ...missing, path: [...path, 'name'], severity, effect }, report)
    return { kind: 'broken', reason: `there is no ${nameResource(missing)}` }
  }
  const value = readKey(compilation, secret, key)
  if (value !== undefined) return value
  const reason = `${nameResource(secret)} has no key ${key}`
  report(from, {
    severity: 'warning',
    code: 'ref.missing-key',
    path: [...path, 'name'],
    text: `${reason}; requests that need it fail`,
  })
  return { kind: 'broken', reason }
}

function readKey(
  compilation: Compilation,
  secret: Resource<'Secret'>,
  key: string,
): SecretValue | undefined {
  const annotations = secret.value.metadata.annotations ?? {}
  const variable = memberOf(annotations, environmentAnnotation + key)
  const file = memberOf(annotations, fileAnnotation + key)
  const literal = readLiteral(secret, key)

  const fromVariable = variable === undefined ? '' : (compilation.environment[variable] ?? '')
  if (fromVariable.trim() !== '') return { kind: 'value', text: fromVariable }
  const fromFile = file === undefined ? undefined : readFile(compilation, file)
  if (fromFile !== undefined && fromFile.trim() !== '') return { kind: 'value', text: fromFile }

  const steps = [
    ...(variable === undefined ? [] : [`set ${variable}`]),
    ...(file === undefined || compilation.readText === undefined ? [] : [`add ${file}`]),
  ]
  const usable = literal !== undefined && literal !== '' && !placeholderPattern.test(literal)
  const annotated = variable !== undefined || file !== undefined
  if (annotated) reportFailedAnnotation(compilation, secret, key, { variable, file, usable })
  if (usable) return { kind: 'value', text: literal }
  if (literal === undefined && !annotated) return undefined
  return { kind: 'none', missing: adviseOn(secret, key, steps) }
}

function memberOf(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** Blank text counts as a value that is still to come; a member that a variable emptied is gone altogether. */
function readLiteral(secret: Resource<'Secret'>, key: string): string | undefined {
  const { stringData, data } = secret.value
  const literal = memberOf(stringData, key) ?? memberOf(data, key)
  if (literal !== undefined) return literal.trim() === '' ? '' : literal
  return originOf(secret, key) === undefined ? undefined : ''
}

function originOf(secret: Resource<'Secret'>, key: string) {
  const { stringData, data } = secret.written
  return secret.originOf(stringData, key) ?? secret.originOf(data, key)
}

function readFile({ readText, files }: Compilation, path: string): string | undefined {
  files.add(path)
  try {
    return readText?.(path)
  } catch {
    // Whatever keeps the file from being read is the same to whoever needs the credential.
    return undefined
  }
}

function adviseOn(secret: Resource<'Secret'>, key: string, steps: readonly string[]): string {
  if (steps.length > 0) return steps.join(' or ')
  const variables = originOf(secret, key)?.variables ?? []
  return variables.length > 0
    ? `set ${variables.join(' or ')}`
    : `put a value at ${key} of ${nameResource(secret)}`
}

interface FailedAnnotation {
  readonly variable: string | undefined
  readonly file: string | undefined
  /** The literal stands in. */
  readonly usable: boolean
}

function reportFailedAnnotation(
  { report, readText }: Compilation,
  secret: Resource<'Secret'>,
  key: string,
  { variable, file, usable }: FailedAnnotation,
): void {
  const reasons = [
    ...(variable === undefined ? [] : [`variable ${variable} is not set`]),
    ...(file === undefined
      ? []
      : [
          readText === undefined
            ? `file ${file} cannot be read on this runtime`
            : `file ${file} cannot be read or is empty`,
        ]),
  ]
  const annotation =
    variable === undefined ? `${fileAnnotation}${key}` : `${environmentAnnotation}${key}`
  const noFiles = file !== undefined && readText === undefined
  report(secret, {
    // Nobody is surprised when a placeholder's value has not been given.
    severity: usable || noFiles ? 'warning' : 'info',
    code: noFiles ? 'unsupported.file' : variable === undefined ? 'env.file' : 'env.annotation',
    path: ['metadata', 'annotations', annotation],
    text: `${reasons.join(' and ')}; ${usable ? 'the value in the file is used' : 'there is no credential'}`,
  })
}

/** The value as a header can carry it, or undefined with an error that names the Secret. */
export function checkKeyText(
  { report }: Compilation,
  from: Located,
  path: Path,
  reference: SecretReference,
  text: string,
): string | undefined {
  const key = text.trim()
  if (isHeaderValue(key)) return key
  report(from, {
    severity: 'error',
    code: 'schema.credential',
    path,
    text: `the key in Secret ${from.namespace}/${reference.name} cannot be sent in a header: it holds a line break, another control character or a character above U+00FF`,
  })
  return undefined
}
