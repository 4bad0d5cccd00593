// One table of a run's results, in Markdown.
import { observed } from './measure-observed.mjs'
import { scenarios, traffic } from './workloads.mjs'

export function median(numbers) {
  const sorted = numbers.filter((n) => Number.isFinite(n)).sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

const format = (value, digits) =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
    : '–'
const MIB = 2 ** 20

/** A figure of both: medians side by side, and the median of the ratios of each round. */
function line(title, digits, { floor = [], gateway = [] }, pick, goal) {
  const both = [floor, gateway].map((rounds) => rounds.map(pick))
  const ratio = median(both[1].map((value, i) => value / both[0][i]))
  return { title, digits, floor: median(both[0]), gateway: median(both[1]), ratio, goal }
}

/** Errors are summed: one is too many. */
const errorLine = ({ floor, gateway }) => {
  const total = (rounds) => rounds.reduce((sum, { errors }) => sum + errors, 0)
  return { title: '· errors', digits: 0, floor: total(floor), gateway: total(gateway) }
}

const cpuOfRequest = ({ cpu, requests }) => cpu / requests

function scenarioLines(name, sides) {
  const { title, events, gap, goal } = scenarios[name]
  const add = (what, digits, pick, wanted) => line(what, digits, sides, pick, wanted)
  const cost = events
    ? add(`${title}: CPU µs an event`, 2, (r) => r.cpu / r.requests / events, goal)
    : add(`${title}: CPU µs a request`, 1, cpuOfRequest, goal)
  return [
    { ...cost, goalIs: 'ratio' },
    ...(gap
      ? [
          add('· event lag ms, p50', 2, (r) => r.lag.p50),
          add('· event lag ms, p99', 2, (r) => r.lag.p99),
        ]
      : [
          add('· requests/s', 0, (r) => (r.requests / r.ms) * 1e3),
          add('· ms, p50', 2, (r) => r.p50),
          add('· ms, p99', 2, (r) => r.p99),
        ]),
    add('· resident MiB', 0, (r) => r.rss / MIB),
    errorLine(sides),
  ]
}

/** Lines of the table: { title, floor, gateway, ratio, digits, goal?, goalIs? }. */
export function summarise({ rounds, rules, memory = {}, starts, idle, open }) {
  const lines = Object.keys(scenarios)
    .filter((name) => rounds?.[name])
    .flatMap((name) => scenarioLines(name, rounds[name]))
  if (rules) {
    const sides = rules.load
    lines.push({
      ...line('5,000 rules (floor: few rules): CPU µs a request', 1, sides, cpuOfRequest, 1.05),
      goalIs: 'ratio',
    })
    lines.push(line('· resident MiB', 0, sides, (r) => r.rss / MIB))
    lines.push(errorLine(sides))
    lines.push({
      ...line('· validate, CPU ms', 0, { gateway: rules.validate }, (ms) => ms, 2000),
      goalIs: 'gateway',
    })
  }
  for (const [schema, sides] of Object.entries(memory)) {
    const title = `10 MB with images, ${schema}: peak growth over size`
    const each = ({ growth, size }) => growth / size
    lines.push({ ...line(title, 2, sides, each, 3), goalIs: 'gateway' })
  }
  if (starts) {
    lines.push({
      ...line('Start to the ready line, ms', 0, starts, (r) => r.toLine, 250),
      goalIs: 'gateway',
    })
    lines.push(line('· to the first answer, ms', 0, starts, (r) => r.toAnswer))
  }
  if (idle)
    lines.push({
      ...line('Idle, resident MiB', 1, idle, (bytes) => bytes / MIB, 90),
      goalIs: 'gateway',
    })
  if (open) {
    const each = (r) => (r.held - r.idle) / r.open / 1024
    lines.push(line('Open streams', 0, open, (r) => r.open))
    lines.push({ ...line('· resident KiB each', 1, open, each, 40), goalIs: 'gateway' })
    lines.push(line('· resident MiB in all', 0, open, (r) => r.held / MIB))
  }
  return lines
}

/** Lines of the second table: one for each side of each scenario. */
export function summariseObserved({ rounds, lost }) {
  return Object.entries(rounds).flatMap(([scenario, sides]) => {
    const { title, connections, events = 1 } = traffic[scenario]
    const over = (name, side, pick) =>
      median(sides[side].map((result, round) => pick(result) / pick(sides[name][round])))
    return Object.entries(sides).map(([name, results]) => {
      const figure = (pick) => median(results.map(pick))
      const cpu = (r) => r.cpu / r.requests / events
      return {
        scenario: `${title}: CPU µs ${events > 1 ? 'an event' : 'a request'}`,
        side: observed[name].title,
        goal: connections > 1 ? observed[name].goal : undefined,
        cpu: figure(cpu),
        overFloor: over('floor', name, cpu),
        overBare: over('bare', name, cpu),
        p50: figure((r) => r.p50),
        p50OverDefault: over('default', name, (r) => r.p50),
        p99: figure((r) => r.p99),
        p99OverDefault: over('default', name, (r) => r.p99),
        rss: figure((r) => r.rss / MIB),
        errors: results.reduce((sum, { errors }) => sum + errors, 0),
        lost: lost[name],
      }
    })
  })
}

export function renderObserved(lines) {
  const heads = ['CPU', '× floor', '× bare', 'goal', 'p50 ms', '× default', 'p99 ms', '× default']
  const blocks = [...new Set(lines.map(({ scenario }) => scenario))]
  return blocks
    .map((scenario) => {
      const block = lines.filter((line) => line.scenario === scenario)
      const rows = block.map((line) => [
        line.side,
        format(line.cpu, 2),
        format(line.overFloor, 2),
        format(line.overBare, 2),
        line.goal === undefined ? '' : `≤ ${line.goal}`,
        format(line.p50, 2),
        format(line.p50OverDefault, 2),
        format(line.p99, 2),
        format(line.p99OverDefault, 2),
        format(line.rss, 0),
        format(line.errors, 0),
        line.lost === undefined ? '' : format(line.lost, 0),
      ])
      return render([[scenario, ...heads, 'MiB', 'errors', 'spans lost in all'], ...rows])
    })
    .join('\n\n')
}

export function renderTable(lines) {
  const rows = lines.map(({ title, digits, floor, gateway, ratio, goal, goalIs }) => [
    title,
    format(floor, digits),
    format(gateway, digits),
    Number.isFinite(ratio) ? format(ratio, 2) : '',
    goal === undefined ? '' : `${goalIs === 'ratio' ? '×' : ''} ≤ ${goal}`.trim(),
  ])
  return render([['', 'floor', 'gateway', '× floor', 'goal'], ...rows])
}

export function renderSoak(lines) {
  const head = ['Memory in use, MiB', 'requests', 'spans lost', 'first half', 'second half', 'goal']
  const rows = lines.map(({ title, requests, dropped, first, last }) => [
    title,
    format(requests, 0),
    format(dropped, 0),
    format(first / MIB, 0),
    format(last / MIB, 0),
    '≤ × 1.05',
  ])
  return render([head, ...rows])
}

/** The first row is the head. */
function render(all) {
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)))
  const renderRow = (row) =>
    `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[0]))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  const [head, ...rows] = all
  return [renderRow(head), rule, ...rows.map(renderRow)].join('\n')
}
