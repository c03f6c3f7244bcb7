import { Injectable } from '@nestjs/common';
import { type CallBudget } from '../client/call-budget';
import { callJson } from '../client/call-json';
import { GuardedHttpClient } from '../client/guarded-http-client';
import { readModelList } from '../model-list/read-model-list';
import { UpstreamError } from '../upstream-error';
import { type UpstreamTarget } from '../upstream-target';
import { isChatOnly, wordsOf } from './chat-only';
import {
  createProbeBudget,
  parseProbeResponse,
  PROBE_OUTPUT_TOKENS,
  PROBE_PROMPT,
  selectProbeParameters,
} from './probe-request';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModels } from './upstream-adapter';

/** OpenAI's chat completions return 400 with this text when a reasoning model uses all tokens before any output. */
const TRUNCATED = /max_tokens or model output limit was reached/i;

/** Calls OpenAI and servers that implement its API: OpenRouter, Groq, Gemini's endpoint, Ollama, vLLM and others. */
@Injectable()
export class OpenaiAdapter implements UpstreamAdapter {
  constructor(private readonly http: GuardedHttpClient) {}

  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModels> {
    return readModelList(this.http, target, { afterParameter: 'after' }, signal);
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
      stream: false,
    };
    const response = await callJson(this.http, target, { to: '/responses', body }, budget);
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
      const body = {
        ...selectProbeParameters(target),
        model,
        messages,
        [limit]: PROBE_OUTPUT_TOKENS,
        stream: false,
      };
      try {
        const response = await callJson(this.http, target, { to: '/chat/completions', body }, budget);
        return { ...parseProbeResponse(response, 'choices'), protocol };
      } catch (error) {
        if (isBadRequest(error) && TRUNCATED.test(wordsOf(error))) break;
        if (attempt > 0 || !isBadRequest(error) || !wordsOf(error).includes(limit)) throw error;
      }
    }
    return { latencyMs: Math.round(performance.now() - started), protocol };
  }
}

function isBadRequest(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.upstreamStatus === 400 || error.upstreamStatus === 422);
}
