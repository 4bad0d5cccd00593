// The order in which rules are tried, as Gateway API has it: more header matches first, then more exact ones,
// then route name, rule and match index. Routing and the warnings about rules out of reach go by the same.

export interface Precedence {
  readonly headers: number
  /** How many of them are exact. */
  readonly exact: number
  readonly routeName: string
  readonly rule: number
  readonly match: number
}

function compare(a: Precedence, b: Precedence): number {
  return (
    b.headers - a.headers ||
    b.exact - a.exact ||
    (a.routeName < b.routeName ? -1 : a.routeName > b.routeName ? 1 : 0) ||
    a.rule - b.rule ||
    a.match - b.match
  )
}

/** The items with the one that is tried first in front. */
export function sortByPrecedence<Item>(
  items: readonly Item[],
  precedenceOf: (item: Item) => Precedence,
): readonly Item[] {
  return items
    .map((item) => ({ item, precedence: precedenceOf(item) }))
    .sort((a, b) => compare(a.precedence, b.precedence))
    .map(({ item }) => item)
}
