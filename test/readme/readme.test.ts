// README says what is: each of these fails when the product has moved on and README has not.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../../runtime-node/command-line.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { createGateway } from '../../src/index.ts'
import { readTrouble } from '../../src/simulate/trouble.ts'
import { createFakeSystem } from '../support/fake-system.ts'
import { withSupportMatrix } from './support-matrix.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = read('README.md')

/** Each with its language; a fence without one may be a beginning or an end, so all are read in turn. */
const allBlocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({ language, text }),
)
const blocks = (wanted: string) =>
  allBlocks.filter(({ language }) => language === wanted).map(({ text }) => text)

const missingFrom = (text: string, words: Iterable<string>) =>
  [...new Set(words)].filter((word) => !text.includes(word))

const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([match, group]) => group ?? match)

describe('README', () => {
  it('has the support matrix that the table makes (else: node test/readme/write.mjs)', () => {
    expect(readme).toBe(withSupportMatrix(readme))
  })

  it('puts the two commands at its beginning', () => {
    expect(blocks('sh')[0]).toContain('npm ci && npx aigw run --simulate')
    expect(blocks('sh')[0]).toContain('npm ci && npm test')
  })

  it('links to files and headings that are there', () => {
    const links = found(readme, /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link))
    const headings = found(readme, /^#+ (.*)$/gm).map(
      (heading) =>
        `#${heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    )
    const broken = links.filter((link) =>
      link.startsWith('#') ? !headings.includes(link) : !existsSync(join(root, link)),
    )
    expect(links.length).toBeGreaterThan(20)
    expect(broken).toEqual([])
  })

  it('shows every example', () => {
    const examples = readdirSync(join(root, 'defaults/examples'))
    expect(examples.length).toBeGreaterThan(5)
    const paths = examples.map((name) => `(defaults/examples/${name})`)
    expect(missingFrom(readme, paths)).toEqual([])
  })

  it('names every error code, with its status', () => {
    const source = read('src/errors.ts')
    const statuses = new Map(
      found(source, /^ {2}(?:'?[\w-]+'?: \d+),$/gm).map((line) => {
        const [kind = '', status = ''] = line.replace(/[ ',]/g, '').split(':')
        return [kind, status] as const
      }),
    )
    const rows = [...source.matchAll(/^ {2}'?([\w-]+)'?: '([a-z_]+)',$/gm)].map(
      ([, kind = '', code = '']) => `| ${statuses.get(kind)} | \`${code}\` |`,
    )
    expect(rows.length).toBe(statuses.size)
    expect(missingFrom(readme, rows)).toEqual([])
  })

  it('names every flag of the command and every variable of its own', async () => {
    const system = createFakeSystem()
    for (const args of [['--help'], ['run', '--help'], ['validate', '--help']]) {
      await runCommandLine(args, system)
    }
    const help = system.stdout.text()
    const flags = found(help, /--[a-z][a-z-]+/g).filter((flag) => flag !== '--help')
    expect(flags.length).toBeGreaterThan(15)
    expect(missingFrom(readme, flags)).toEqual([])
    const variables = found(help, /\bAIGW_[A-Z_]+/g)
    expect(variables.length).toBeGreaterThan(8)
    expect(missingFrom(readme, variables)).toEqual([])
  })

  it('names every directive of the simulator, with a value that it takes', () => {
    const known = /known: (.*)$/.exec(String(readTrouble('nonsense')))?.[1]?.split(', ') ?? []
    const rows = found(readme, /^\| `([a-z-]+(?:=\S+)?)` \| [^|]+ \|$/gm)
    const directives = rows.filter((row) => known.includes(row.split('=')[0] ?? ''))
    expect(directives.map((row) => row.split('=')[0]).toSorted()).toEqual(known.toSorted())
    for (const directive of directives) expect(readTrouble(directive)).toBeTypeOf('object')
  })

  it('holds a configuration that loads as it stands and serves the model that it names', async () => {
    const [text = ''] = blocks('yaml')
    const { spec, diagnostics } = parseConfig(
      { file: 'my.yaml', text, env: { GROQ_API_KEY: 'k' } },
      { clusterRules: 'error', unknownFields: 'error' },
    )
    expect(diagnostics).toEqual([])
    if (spec === undefined) throw new Error('no spec')
    const sent: string[] = []
    const gateway = createGateway({
      config: spec,
      fetch: async (url, { headers }) => {
        sent.push(url, String(headers['authorization']))
        return Response.json({ choices: [] })
      },
    })
    await gateway.fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify({ model: 'fast', messages: [] }),
      }),
    )
    expect(sent).toEqual(['https://api.groq.com/openai/v1/chat/completions', 'Bearer k'])
  })

  it('tells contributors of scripts and folders that are there', () => {
    const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
      read('package.json'),
    )
    const named = found(readme, /`npm run ([a-z]+)`/g)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    const commands = Object.keys(scripts)
      .filter((name) => !['prepare', 'posttest'].includes(name))
      .map((name) => (name === 'test' ? '`npm test`' : `\`npm run ${name}\``))
    expect(missingFrom(readme, commands)).toEqual([])
    const map = blocks('').find((block) => block.startsWith('src/')) ?? ''
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`)
    expect(missingFrom(map, folders)).toEqual([])
  })
})
