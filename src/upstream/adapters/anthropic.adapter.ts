import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../../common/json-object';
import { callJson } from '../client/call-json';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { readModelList } from '../model-list/read-model-list';
import { type UpstreamTarget } from '../upstream-target';
import {
  createProbeBudget,
  parseProbeResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  selectProbeParameters,
} from './probe-request';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModels } from './upstream-adapter';

/** The maximum page size of Anthropic's `GET /v1/models` is 1000. */
const LIST_STYLE = { query: { limit: '1000' }, afterParameter: 'after_id' } as const;

/** Calls Anthropic and servers that implement its Messages API. */
@Injectable()
export class AnthropicAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModels> {
    return readModelList(this.http, target, LIST_STYLE, signal);
  }

  async probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult> {
    const body: Record<string, unknown> = {
      ...selectProbeParameters(target),
      model,
      messages: [{ role: 'user', content: PROBE_PROMPT }],
      max_tokens: PROBE_OUTPUT_TOKENS,
      stream: false,
    };
    // `budget_tokens` must be at least 1024 and less than `max_tokens`, so a probe request cannot have it.
    if (isJsonObject(body.thinking) && 'budget_tokens' in body.thinking) delete body.thinking;
    const call = { to: '/messages', body } as const;
    const response = await callJson(this.http, target, call, createProbeBudget(target, signal));
    return { ...parseProbeResponse(response, 'content'), protocol: 'anthropic_messages' };
  }
}
