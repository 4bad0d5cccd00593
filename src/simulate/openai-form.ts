// Forms as OpenAI reads them, for their fields alone: a simulator does not listen to audio.

import type { SimulatedRequest } from './dialect.ts'
import { rejectWith } from './openai-error.ts'

export interface SimulatedForm {
  /** The last field of this name; undefined where there is none. */
  text(name: string): string | undefined
  /** Bytes of the files of this name, which may have been sent as a list. */
  fileSizes(name: string): readonly number[]
}

interface Part {
  readonly name: string
  readonly isFile: boolean
  readonly content: string
}

/** Throws a `Rejection` for what is no form. */
export function readForm(request: SimulatedRequest): SimulatedForm {
  // One character a byte, so that sizes are right.
  const text = new TextDecoder('latin1').decode(request.body)
  const delimiter = /^--[^\r\n]+/.exec(text)?.[0]
  if (delimiter === undefined) {
    return rejectWith(request)('Could not parse multipart form')
  }
  const parts = text.split(`${delimiter}`).slice(1, -1).map(readPart)
  return {
    text: (name) => {
      const part = parts.findLast((each) => each.name === name && !each.isFile)
      return part && decodeUtf8(part.content)
    },
    fileSizes: (name) =>
      parts
        .filter((part) => part.isFile && (part.name === name || part.name === `${name}[]`))
        .map((part) => part.content.length),
  }
}

function readPart(text: string): Part {
  const border = text.indexOf('\r\n\r\n')
  const head = text.slice(0, border)
  return {
    name: /\bname="([^"]*)"/.exec(head)?.[1] ?? '',
    isFile: /\bfilename\*?=/.test(head),
    content: text.slice(border + 4, -2),
  }
}

function decodeUtf8(latin: string): string {
  const bytes = new Uint8Array(latin.length)
  for (let at = 0; at < latin.length; at++) bytes[at] = latin.charCodeAt(at)
  return new TextDecoder().decode(bytes)
}
