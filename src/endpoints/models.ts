// GET /v1/models and its kin, answered from the configuration.
// https://platform.openai.com/docs/api-reference/models, https://docs.anthropic.com/en/api/models-list
import type { ModelInfo } from '../config/config.ts'
import { GatewayError } from '../errors.ts'

/** `verbose`: with the backends that serve it, which is this gateway's own addition. */
export type Detail = 'plain' | 'verbose'

const served = ({ backends }: ModelInfo, detail: Detail) =>
  detail === 'verbose' ? { backends } : {}

const openaiModel = (model: ModelInfo, detail: Detail) => ({
  id: model.id,
  created: model.created,
  object: 'model',
  owned_by: model.ownedBy,
  ...served(model, detail),
})

const anthropicModel = (model: ModelInfo, detail: Detail) => ({
  id: model.id,
  type: 'model',
  display_name: model.id,
  created_at: new Date(model.created * 1000).toISOString().replace('.000Z', 'Z'),
  ...served(model, detail),
})

export function listOpenaiModels(models: readonly ModelInfo[], detail: Detail): unknown {
  return { data: models.map((model) => openaiModel(model, detail)), object: 'list' }
}

/** Throws a `GatewayError` (`no-model`) for an id that no route names. */
export function describeOpenaiModel(
  models: readonly ModelInfo[],
  id: string,
  detail: Detail,
): unknown {
  const found = models.find((model) => model.id === id)
  if (found === undefined) throw noModel(id)
  return openaiModel(found, detail)
}

export interface AnthropicPage {
  /** 1 to 1000; all where unset. */
  readonly limit: string | null
  readonly afterId: string | null
  readonly beforeId: string | null
}

/** Throws a `GatewayError` for a limit that is none. */
export function listAnthropicModels(
  models: readonly ModelInfo[],
  page: AnthropicPage,
  detail: Detail,
): unknown {
  const limit = page.limit === null ? models.length : Number(page.limit)
  if (page.limit !== null && !(Number.isInteger(limit) && limit >= 1 && limit <= 1000)) {
    throw new GatewayError('malformed-request', 'limit: expected a number from 1 to 1000')
  }
  const indexOf = (id: string | null) => models.findIndex((model) => model.id === id)
  const after = page.afterId === null ? 0 : indexOf(page.afterId) + 1
  const before = page.beforeId === null ? models.length : Math.max(0, indexOf(page.beforeId))
  // Going backwards, the page ends where the cursor stands.
  const start = page.beforeId === null ? after : Math.max(after, before - limit)
  const shown = models.slice(start, Math.min(before, start + limit))
  return {
    data: shown.map((model) => anthropicModel(model, detail)),
    first_id: shown[0]?.id ?? null,
    has_more: page.beforeId === null ? start + shown.length < models.length : start > 0,
    last_id: shown.at(-1)?.id ?? null,
  }
}

/** Throws a `GatewayError` (`no-model`) for an id that no route names. */
export function describeAnthropicModel(
  models: readonly ModelInfo[],
  id: string,
  detail: Detail,
): unknown {
  const found = models.find((model) => model.id === id)
  if (found === undefined) throw noModel(id)
  return anthropicModel(found, detail)
}

const noModel = (id: string) => new GatewayError('no-model', `The model '${id}' does not exist`)
