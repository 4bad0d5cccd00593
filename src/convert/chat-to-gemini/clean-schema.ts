import type { GeminiSchema } from '../../wire/gemini/generate-content.ts'
import { refusal } from '../refusal.ts'
import { convertSchema, SchemaProblem } from './json-schema.ts'

export interface SchemaPlace {
  /** The path to the schema, for example `tools[0].function.parameters`. */
  readonly where: string
  readonly stage: string
}

/** A schema of the request in Gemini's form. Throws a `GatewayError` (`invalid-request`). */
export function cleanSchema(
  schema: Readonly<Record<string, unknown>>,
  { where, stage }: SchemaPlace,
): GeminiSchema {
  try {
    return convertSchema(schema)
  } catch (error) {
    if (!(error instanceof SchemaProblem)) throw error
    throw refusal(`invalid JSON schema: ${error.message}`, where, stage)
  }
}
