import { isJsonObject, type JsonObject } from '../../common/json-object';
import { CallBudget } from '../client/call-budget';
import { type JsonResponse } from '../client/call-json';
import { upstreamInvalidResponse } from '../upstream-error';
import { selectDefaultParameters, findTimeoutMs, type UpstreamTarget } from '../upstream-target';

/**
 * The smallest limit that every model accepts. OpenAI's Responses API rejects less than 16, and a reasoning model with
 * one token produces no output and looks broken.
 */
export const PROBE_OUTPUT_TOKENS = 16;
export const PROBE_PROMPT = 'Hi';

const DEFAULT_DEADLINE_MS = 30_000;
/** The most that `timeout_ms` allows a probe, in milliseconds. */
export const MAX_PROBE_MS = 120_000;
const MAX_BYTES = 1024 * 1024;

const OUTPUT_LIMITS = new Set(['max_tokens', 'max_completion_tokens', 'max_output_tokens']);
/** Parameters that multiply the cost or change the shape of the response. */
const COSTLY_PARAMETERS = new Set(['n', 'best_of', 'background', 'stream_options']);

/** `timeout_ms` also extends the wait for headers, because some models load slowly before they respond. */
export function createProbeBudget(target: UpstreamTarget, signal?: AbortSignal): CallBudget {
  const timeoutMs = findTimeoutMs(target);
  if (timeoutMs === null) return new CallBudget(DEFAULT_DEADLINE_MS, MAX_BYTES, undefined, signal);
  const deadlineMs = Math.min(timeoutMs, MAX_PROBE_MS);
  return new CallBudget(deadlineMs, MAX_BYTES, deadlineMs, signal);
}

/** Returns the default request parameters, without those that would make a probe request larger. */
export function selectProbeParameters(target: UpstreamTarget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(selectDefaultParameters(target)).filter(
      ([key]) => !OUTPUT_LIMITS.has(key) && !COSTLY_PARAMETERS.has(key),
    ),
  );
}

/** What shows that a response with an empty list comes from a model that wrote nothing within the limit of tokens. */
const EMPTY_RESULTS: ReadonlyMap<string, (json: JsonObject) => boolean> = new Map([
  ['output', ({ object, status }: JsonObject) => object === 'response' || typeof status === 'string'],
  ['content', ({ type, stop_reason }: JsonObject) => type === 'message' || typeof stop_reason === 'string'],
]);

/** Checks that a response has the list that its protocol defines. OpenRouter puts an error into the first choice. */
export function parseProbeResponse(response: JsonResponse, listKey: string): { latencyMs: number } {
  const { json, status, latencyMs } = response;
  const items = isJsonObject(json) ? json[listKey] : undefined;
  if (!Array.isArray(items)) throw upstreamInvalidResponse(`has no ${listKey}; check base_url`, status);
  const [first] = items as unknown[];
  if (isJsonObject(first) && isJsonObject(first.error)) throw response.fail(first);
  const isEmpty = items.length === 0 && isJsonObject(json) && EMPTY_RESULTS.get(listKey)?.(json) === true;
  if (!isEmpty && !(isJsonObject(first) && Object.keys(first).length > 0))
    throw upstreamInvalidResponse(`has no result in ${listKey}; check base_url and the model`, status);
  return { latencyMs };
}
