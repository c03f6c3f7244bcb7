import { isJsonObject } from '../../common/json-object';
import { CallBudget, type JsonResponse } from '../client/upstream-call';
import { UpstreamError, upstreamInvalidResponse } from '../upstream-error';
import { defaultParametersOf, timeoutOf, type UpstreamTarget } from '../upstream-target';

/**
 * The least that every model takes: OpenAI's Responses API refuses less than 16, and with one token a
 * reasoning model has nothing left to answer with and looks ill.
 */
export const PROBE_OUTPUT_TOKENS = 16;
export const PROBE_PROMPT = 'Hi';

const CALL_DEADLINE_MS = 30_000;
const MAX_CALL_DEADLINE_MS = 120_000;
const CALL_MAX_BYTES = 1024 * 1024;

const OUTPUT_LIMITS = new Set(['max_tokens', 'max_completion_tokens', 'max_output_tokens']);
/** Each of these multiplies the cost or changes the shape of the answer. */
const ENLARGING = new Set(['n', 'best_of', 'background', 'stream_options']);

/** A `timeout_ms` above the usual limits is for models that load slowly: it stretches the wait for headers too. */
export function probeBudget(target: UpstreamTarget): CallBudget {
  const timeout = timeoutOf(target);
  if (timeout === null) return new CallBudget(CALL_DEADLINE_MS, CALL_MAX_BYTES);
  const deadline = Math.min(timeout, MAX_CALL_DEADLINE_MS);
  return new CallBudget(deadline, CALL_MAX_BYTES, deadline);
}

/** The configured request parameters, less those that would make the call larger than the smallest. */
export function probeParameters(target: UpstreamTarget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(defaultParametersOf(target)).filter(
      ([key]) => !OUTPUT_LIMITS.has(key) && !ENLARGING.has(key),
    ),
  );
}

/** Checks that an answer has the list its protocol promises; gateways also send errors with status 200. */
export function requireResponse(answer: JsonResponse, listKey: string): { latencyMs: number } {
  const { json, latencyMs } = answer;
  if (isJsonObject(json) && isJsonObject(json.error)) {
    throw new UpstreamError(
      'upstream_failed',
      'llm_providers.upstream_error',
      'The upstream answered with an error and HTTP 200.',
      200,
    );
  }
  if (!isJsonObject(json) || !Array.isArray(json[listKey])) {
    throw upstreamInvalidResponse(`has no ${listKey}; check base_url`, 200);
  }
  return { latencyMs };
}
