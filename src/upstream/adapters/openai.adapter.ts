import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../../common/json-object';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { type CallBudget, callJson } from '../client/upstream-call';
import { UpstreamError } from '../upstream-error';
import { type UpstreamTarget } from '../upstream-target';
import { listBudget, ModelList } from './model-list';
import { toOpenaiModel } from './openai-model';
import {
  requireResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  probeBudget,
  probeParameters,
} from './probe-model';
import { type CallOutcome, type UpstreamAdapter, type UpstreamModel } from './upstream-adapter';

/** What servers without the Responses API answer to it. */
const NO_SUCH_ENDPOINT = new Set([404, 405, 501]);
/** OpenAI's chat completions answer 400 where a reasoning model used all its tokens before the first word. */
const TRUNCATED = /max_tokens or model output limit was reached/i;

/** OpenAI and everything that speaks its protocol: OpenRouter, Groq, Gemini's endpoint, Ollama, vLLM, … */
@Injectable()
export class OpenaiAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  async listModels(target: UpstreamTarget): Promise<UpstreamModel[]> {
    const { json } = await callJson(this.http, target, { path: '/models' }, listBudget(target));
    const list = new ModelList(target.apiKey);
    // Together answers with the bare array. Ollama's own list is null where no model is installed.
    list.add(isJsonObject(json) ? emptyIfNull(json.data) : json, toOpenaiModel);
    return list.all();
  }

  /** `auto` asks the Responses API first and chat completions where that one does not exist. */
  async probeModel(target: UpstreamTarget, model: string): Promise<CallOutcome> {
    const budget = probeBudget(target);
    const mode = target.openaiApiMode ?? 'auto';
    if (mode === 'chat_completions') return this.chatCompletion(target, model, budget);
    try {
      return await this.response(target, model, budget);
    } catch (error) {
      if (mode === 'responses' || !speaksChatOnly(error)) throw error;
      return this.chatCompletion(target, model, budget);
    }
  }

  private async response(target: UpstreamTarget, model: string, budget: CallBudget): Promise<CallOutcome> {
    const body = {
      ...probeParameters(target),
      model,
      input: PROBE_PROMPT,
      max_output_tokens: PROBE_OUTPUT_TOKENS,
    };
    const answer = await callJson(this.http, target, { path: '/responses', body }, budget);
    return { ...requireResponse(answer, 'output'), protocol: 'openai_responses' };
  }

  /** OpenAI's newer models refuse `max_tokens`; many other servers ignore `max_completion_tokens`, which costs. */
  private async chatCompletion(
    target: UpstreamTarget,
    model: string,
    budget: CallBudget,
  ): Promise<CallOutcome> {
    const protocol = 'openai_chat_completions';
    const limits =
      target.baseUrl === null
        ? ['max_completion_tokens', 'max_tokens']
        : ['max_tokens', 'max_completion_tokens'];
    const started = performance.now();
    for (const [attempt, limit] of limits.entries()) {
      const messages = [{ role: 'user', content: PROBE_PROMPT }];
      const body = { ...probeParameters(target), model, messages, [limit]: PROBE_OUTPUT_TOKENS };
      try {
        const answer = await callJson(this.http, target, { path: '/chat/completions', body }, budget);
        return { ...requireResponse(answer, 'choices'), protocol };
      } catch (error) {
        if (isRefusal(error) && TRUNCATED.test(error.detail)) break;
        if (attempt > 0 || !isRefusal(error) || !error.detail.includes(limit)) throw error;
      }
    }
    return { latencyMs: Math.round(performance.now() - started), protocol };
  }
}

function emptyIfNull(value: unknown): unknown {
  return value === null ? [] : value;
}

function isRefusal(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.upstreamStatus === 400 || error.upstreamStatus === 422);
}

/**
 * Besides a missing endpoint: a catch-all page with status 200, and a refusal that speaks of the parameters
 * that only the Responses API has, or of those that only chat completions have.
 */
function speaksChatOnly(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  if (error.upstreamStatus !== null && NO_SUCH_ENDPOINT.has(error.upstreamStatus)) return true;
  if (error.code === 'llm_providers.upstream_invalid_response') return error.upstreamStatus !== null;
  return (
    isRefusal(error) &&
    /unknown|unsupported|unrecognized|not (be )?(supported|implemented|found|allowed|permitted)|messages|invalid url/i.test(
      error.detail,
    )
  );
}
