// Server-sent events of one line of data.

/** Calls `emit(data)` with each event of an answer, wherever its text is cut, then `end()`. */
export function readEvents(answer, border, { emit, end }) {
  let rest = ''
  const read = (text) => {
    rest += text
    let start = 0
    for (let stop = rest.indexOf(border); stop >= 0; stop = rest.indexOf(border, start)) {
      const at = rest.indexOf('data:', start)
      if (at >= 0 && at < stop) emit(rest.slice(at + 5, stop).trimStart())
      start = stop + border.length
    }
    rest = rest.slice(start)
  }
  answer.setEncoding('utf8').on('data', read).on('end', end)
}
