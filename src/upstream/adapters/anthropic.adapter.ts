import { Injectable } from '@nestjs/common';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import { callJson } from '../client/call-json';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { upstreamInvalidResponse } from '../upstream-error';
import { type UpstreamTarget } from '../upstream-target';
import {
  createProbeBudget,
  parseProbeResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  selectProbeParameters,
} from './probe-request';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModel } from './upstream-adapter';
import {
  assertIdLength,
  createListBudget,
  findCount,
  findText,
  UpstreamModelList,
} from './upstream-model-list';

/** The maximum page size of Anthropic's `GET /v1/models`. */
const PAGE_SIZE = '1000';

/** Calls Anthropic and servers that implement its Messages API. */
@Injectable()
export class AnthropicAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  /**
   * Reads every page by `has_more` and `last_id`. Throws `upstream_invalid_response` for a page without a new model that
   * is not the last one, because such pages may never end.
   */
  async listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModel[]> {
    const budget = createListBudget(target, signal);
    const list = new UpstreamModelList(target.apiKey);
    let query: Record<string, string> = { limit: PAGE_SIZE };
    for (;;) {
      const { json } = await callJson(this.http, target, { path: '/models', query }, budget);
      if (!isJsonObject(json)) throw upstreamInvalidResponse('is not a list of models');
      const { size } = list;
      list.add(json.data, parseAnthropicModel);
      if (json.has_more !== true) return list.toArray();
      const last = findText(json.last_id);
      if (last === undefined || list.size === size) throw upstreamInvalidResponse('has pages without an end');
      assertIdLength(last);
      query = { limit: PAGE_SIZE, after_id: last };
    }
  }

  async probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult> {
    const body: Record<string, unknown> = {
      ...selectProbeParameters(target),
      model,
      messages: [{ role: 'user', content: PROBE_PROMPT }],
      max_tokens: PROBE_OUTPUT_TOKENS,
    };
    // `budget_tokens` must be at least 1024 and less than `max_tokens`, so a probe request cannot have it.
    if (isJsonObject(body.thinking) && 'budget_tokens' in body.thinking) delete body.thinking;
    const call = { path: '/messages', body } as const;
    const response = await callJson(this.http, target, call, createProbeBudget(target, signal));
    return { ...parseProbeResponse(response, 'content'), protocol: 'anthropic_messages' };
  }
}

/**
 * Reads one entry of a list (https://platform.claude.com/docs/en/api/models/list). Older servers send only the id and
 * the name.
 */
function parseAnthropicModel(id: string, entry: JsonObject): UpstreamModel {
  const capabilities = isJsonObject(entry.capabilities) ? entry.capabilities : null;
  const supports = (name: string): boolean => {
    const capability = capabilities?.[name];
    return isJsonObject(capability) && capability.supported === true;
  };
  const inputs = [
    'text',
    ...(supports('image_input') ? ['image'] : []),
    ...(supports('pdf_input') ? ['pdf'] : []),
  ];
  return {
    id,
    name: findText(entry.display_name, entry.name) ?? id,
    contextLength: findCount(entry.max_input_tokens, entry.context_length),
    maxOutputTokens: findCount(entry.max_tokens),
    inputModalities: capabilities ? inputs : undefined,
  };
}
