// Where something stands inside a resource.

export type Path = readonly (string | number)[]

/** `spec.rules[0].name`; members that are no plain names are quoted: `stringData["a.b"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (!/^[\w-]+$/.test(key)) text += `[${JSON.stringify(key)}]`
    else text += text === '' ? key : `.${key}`
  }
  return text
}
