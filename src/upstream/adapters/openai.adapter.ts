import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../../common/json-object';
import { type CallBudget } from '../client/call-budget';
import { callJson } from '../client/call-json';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { UpstreamError } from '../upstream-error';
import { type UpstreamTarget } from '../upstream-target';
import { parseOpenaiModel } from './parse-openai-model';
import {
  createProbeBudget,
  parseProbeResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  selectProbeParameters,
} from './probe-request';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModel } from './upstream-adapter';
import { createListBudget, UpstreamModelList } from './upstream-model-list';

/** Statuses of a server without the Responses API. */
const MISSING_ENDPOINT_STATUSES = new Set([404, 405, 501]);
/** OpenAI's chat completions return 400 with this text when a reasoning model uses all tokens before any output. */
const TRUNCATED = /max_tokens or model output limit was reached/i;

/** Calls OpenAI and servers that implement its API: OpenRouter, Groq, Gemini's endpoint, Ollama, vLLM and others. */
@Injectable()
export class OpenaiAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  async listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModel[]> {
    const { json } = await callJson(this.http, target, { path: '/models' }, createListBudget(target, signal));
    const list = new UpstreamModelList(target.apiKey);
    // Together sends a bare array. Ollama sends `data: null` when no model is installed.
    list.add(isJsonObject(json) ? (json.data === null ? [] : json.data) : json, parseOpenaiModel);
    return list.toArray();
  }

  /** Mode `auto` tries the Responses API, then chat completions if the endpoint does not support it. */
  async probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult> {
    const budget = createProbeBudget(target, signal);
    const mode = target.openaiApiMode ?? 'auto';
    if (mode === 'chat_completions') return this.probeChatCompletions(target, model, budget);
    try {
      return await this.probeResponses(target, model, budget);
    } catch (error) {
      if (mode === 'responses' || !isChatOnly(error)) throw error;
      return this.probeChatCompletions(target, model, budget);
    }
  }

  private async probeResponses(
    target: UpstreamTarget,
    model: string,
    budget: CallBudget,
  ): Promise<ProbeResult> {
    const body = {
      ...selectProbeParameters(target),
      model,
      input: PROBE_PROMPT,
      max_output_tokens: PROBE_OUTPUT_TOKENS,
    };
    const response = await callJson(this.http, target, { path: '/responses', body }, budget);
    return { ...parseProbeResponse(response, 'output'), protocol: 'openai_responses' };
  }

  /**
   * Tries both names of the token limit. OpenAI's newer models reject `max_tokens`. Many other servers ignore
   * `max_completion_tokens`, so their response would have no limit.
   */
  private async probeChatCompletions(
    target: UpstreamTarget,
    model: string,
    budget: CallBudget,
  ): Promise<ProbeResult> {
    const protocol = 'openai_chat_completions';
    const limits =
      target.baseUrl === null
        ? ['max_completion_tokens', 'max_tokens']
        : ['max_tokens', 'max_completion_tokens'];
    const started = performance.now();
    for (const [attempt, limit] of limits.entries()) {
      const messages = [{ role: 'user', content: PROBE_PROMPT }];
      const body = { ...selectProbeParameters(target), model, messages, [limit]: PROBE_OUTPUT_TOKENS };
      try {
        const response = await callJson(this.http, target, { path: '/chat/completions', body }, budget);
        return { ...parseProbeResponse(response, 'choices'), protocol };
      } catch (error) {
        if (isBadRequest(error) && TRUNCATED.test(error.detail)) break;
        if (attempt > 0 || !isBadRequest(error) || !error.detail.includes(limit)) throw error;
      }
    }
    return { latencyMs: Math.round(performance.now() - started), protocol };
  }
}

function isBadRequest(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.upstreamStatus === 400 || error.upstreamStatus === 422);
}

/**
 * Returns whether an error of the Responses API means that the endpoint supports only chat completions. That is a missing
 * endpoint, a catch-all page with status 200, or an error about a parameter that only one of the two APIs has.
 */
function isChatOnly(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  if (error.upstreamStatus !== null && MISSING_ENDPOINT_STATUSES.has(error.upstreamStatus)) return true;
  if (error.code === 'llm_providers.upstream_invalid_response') return error.upstreamStatus !== null;
  return (
    isBadRequest(error) &&
    /unknown|unsupported|unrecognized|not (be )?(supported|implemented|found|allowed|permitted)|messages|invalid url/i.test(
      error.detail,
    )
  );
}
