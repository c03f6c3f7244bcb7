import { Injectable } from '@nestjs/common';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { callJson } from '../client/upstream-call';
import { upstreamInvalidResponse } from '../upstream-error';
import { type UpstreamTarget } from '../upstream-target';
import { firstCount, firstText, listBudget, ModelList } from './model-list';
import {
  requireResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  probeBudget,
  probeParameters,
} from './probe-model';
import { type CallOutcome, type UpstreamAdapter, type UpstreamModel } from './upstream-adapter';

/** The largest page that Anthropic's `GET /v1/models` gives. */
const PAGE_SIZE = '1000';

/** Anthropic and everything that speaks its Messages protocol. */
@Injectable()
export class AnthropicAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  /** Walks every page by `has_more` and `last_id`; a page that leads back to an earlier one is an invalid answer. */
  async listModels(target: UpstreamTarget): Promise<UpstreamModel[]> {
    const budget = listBudget(target);
    const list = new ModelList(target.apiKey);
    const seen = new Set<string>();
    let query: Record<string, string> = { limit: PAGE_SIZE };
    for (;;) {
      const { json } = await callJson(this.http, target, { path: '/models', query }, budget);
      if (!isJsonObject(json)) throw upstreamInvalidResponse('is not a list of models');
      list.add(json.data, toAnthropicModel);
      if (json.has_more !== true) return list.all();
      const last = firstText(json.last_id);
      if (last === undefined || seen.has(last)) throw upstreamInvalidResponse('has pages without an end');
      seen.add(last);
      query = { limit: PAGE_SIZE, after_id: last };
    }
  }

  async probeModel(target: UpstreamTarget, model: string): Promise<CallOutcome> {
    const body: Record<string, unknown> = {
      ...probeParameters(target),
      model,
      messages: [{ role: 'user', content: PROBE_PROMPT }],
      max_tokens: PROBE_OUTPUT_TOKENS,
    };
    // `budget_tokens` is at least 1024 and must be below `max_tokens`.
    if (isJsonObject(body.thinking) && 'budget_tokens' in body.thinking) delete body.thinking;
    const answer = await callJson(this.http, target, { path: '/messages', body }, probeBudget(target));
    return { ...requireResponse(answer, 'content'), protocol: 'anthropic_messages' };
  }
}

/** Reads one entry of https://platform.claude.com/docs/en/api/models/list; older servers lack all but id and name. */
function toAnthropicModel(id: string, entry: JsonObject): UpstreamModel {
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
    name: firstText(entry.display_name, entry.name) ?? id,
    contextLength: firstCount(entry.max_input_tokens, entry.context_length),
    maxOutputTokens: firstCount(entry.max_tokens),
    inputModalities: capabilities ? inputs : undefined,
  };
}
