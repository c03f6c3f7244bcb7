import { type EndpointPath, buildEndpointUrl } from '../base-url';
import { parseResponseJson } from '../parse-response-json';
import { upstreamInvalidResponse, upstreamRejected } from '../upstream-error';
import { listExtraHeaders, listExtraQuery, listSecrets, type UpstreamTarget } from '../upstream-target';
import { type CallBudget } from './call-budget';
import { type GuardedHttpClient } from './guarded-http-client';

/** The default API version. `anthropic_version` in `advanced_json` overrides it. */
const ANTHROPIC_VERSION = '2023-06-01';

export interface JsonCall {
  readonly path: EndpointPath;
  readonly query?: Readonly<Record<string, string>>;
  /** Makes the call a POST. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface JsonResponse {
  readonly json: unknown;
  readonly latencyMs: number;
}

/**
 * Sends one JSON request with the target's credentials, extra headers and query. Throws an `UpstreamError` unless the
 * response is 2xx with JSON, and `egress_denied` when the policy denies the address.
 */
export async function callJson(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  call: JsonCall,
  budget: CallBudget,
): Promise<JsonResponse> {
  const url = buildEndpointUrl(target.kind, target.baseUrl, call.path);
  for (const [name, value] of listExtraQuery(target)) url.searchParams.set(name, value);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);

  const { status, body, receivedBytes, latencyMs } = await http.request({
    accountId: target.accountId,
    method: call.body ? 'POST' : 'GET',
    url,
    headers: { ...buildHeaders(target), ...(call.body ? { 'content-type': 'application/json' } : {}) },
    body: call.body && JSON.stringify(call.body),
    deadlineMs: budget.getRemainingMs(),
    headersTimeoutMs: budget.headersTimeoutMs,
    maxBytes: budget.remainingBytes,
    signal: budget.signal,
  });
  if (status >= 400) throw upstreamRejected(status, body, listSecrets(target));
  budget.remainingBytes -= Math.max(body.length, receivedBytes);
  const parsed = parseResponseJson(body);
  if ('problem' in parsed) throw upstreamInvalidResponse(parsed.problem, status);
  return { json: parsed.json, latencyMs };
}

function buildHeaders(target: UpstreamTarget): Record<string, string> {
  const common = { accept: 'application/json', 'user-agent': 'caret', ...listExtraHeaders(target) };
  if (target.kind === 'openai') return { ...common, authorization: `Bearer ${target.apiKey}` };
  const version = target.advancedJson.anthropic_version;
  return {
    ...common,
    'x-api-key': target.apiKey,
    'anthropic-version':
      typeof version === 'string' && /^[\x21-\x7e]+$/.test(version) ? version : ANTHROPIC_VERSION,
  };
}
