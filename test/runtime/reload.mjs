// What a program does with the handler that holds it: a reload. The command has its own tests of it.
import assert from 'node:assert/strict'

const encoder = new TextEncoder()
const completions = '/v1/chat/completions'
const init = (stream) => ({
  method: 'POST',
  body: JSON.stringify({ model: 'm-main', stream, messages: [{ role: 'user', content: 'x' }] }),
})
const delta = (content) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

/** The world of a case: that of the suite, and `reload(options)` with options of the configuration. */
export const reloadCases = {
  async 'a reload holds for what comes next, and leaves a stream under way alone'({
    ask,
    script,
    reload,
  }) {
    let release = () => {}
    const released = new Promise((resolve) => {
      release = resolve
    })
    async function* gated() {
      yield encoder.encode(delta('one'))
      await released
      yield encoder.encode(`${delta('two')}data: [DONE]\n\n`)
    }
    const seen = script(({ body }) =>
      JSON.parse(new TextDecoder().decode(body)).stream
        ? { headers: { 'content-type': 'text/event-stream' }, body: gated() }
        : { headers: { 'content-type': 'application/json' }, body: '{"choices":[]}' },
    )
    const stream = await ask(completions, init(true))
    reload({ mainKey: 'sk-new' })
    await (await ask(completions, init(false))).arrayBuffer()
    release()
    assert.equal(await stream.text(), `${delta('one')}${delta('two')}data: [DONE]\n\n`)
    const keys = seen.map(({ headers }) => headers.authorization)
    assert.deepEqual(keys, ['Bearer sk-main', 'Bearer sk-new'])
    reload({})
  },

  async 'a reload that cannot be used changes nothing'({ ask, script, reload }) {
    script(() => ({ headers: { 'content-type': 'application/json' }, body: '{"choices":[]}' }))
    assert.throws(() => reload({ listener: 'none' }))
    assert.equal((await ask(completions, init(false))).status, 200)
  },
}
