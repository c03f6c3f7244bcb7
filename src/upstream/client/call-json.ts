import type { IncomingHttpHeaders } from 'node:http';
import { type EndpointPath } from '../base-url';
import { buildCallUrl } from '../call-settings';
import { reportsError } from '../error-body';
import { parseResponseJson } from '../parse-response-json';
import { type UpstreamError, upstreamInvalidResponse } from '../upstream-error';
import { upstreamRejected, upstreamReportedError } from '../upstream-rejection';
import { listExtraHeaders, listExtraQuery, listSecrets, type UpstreamTarget } from '../upstream-target';
import { buildAuthHeaders, suggestAuthScheme } from './auth-headers';
import { type CallBudget } from './call-budget';
import { type GuardedHttpClient } from './guarded-http-client';

/** The default API version. `anthropic_version` in `advanced_json` overrides it. */
const ANTHROPIC_VERSION = '2023-06-01';

export interface JsonCall {
  /** The path below the version segment, or a complete URL at the origin of the target. */
  readonly to: EndpointPath | URL;
  readonly query?: Readonly<Record<string, string>>;
  /** Makes the call a POST. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface JsonResponse {
  readonly json: unknown;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The URL that was called. */
  readonly url: URL;
  readonly latencyMs: number;
  /** Creates the error for a part of the response that reports one. */
  readonly fail: (part: unknown) => UpstreamError;
}

/**
 * Sends one JSON request with the target's credentials, extra headers and query. Throws an `UpstreamError` unless the
 * response is 2xx with JSON that reports no error, and `egress_denied` when the policy denies the address.
 */
export async function callJson(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  call: JsonCall,
  budget: CallBudget,
): Promise<JsonResponse> {
  const url = call.to instanceof URL ? new URL(call.to) : buildCallUrl(target, call.to);
  for (const [name, value] of listExtraQuery(target)) url.searchParams.set(name, value);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);

  const secrets = listSecrets(target);
  const method = call.body ? 'POST' : 'GET';
  const { status, headers, body, receivedBytes, latencyMs } = await http.request({
    accountId: target.accountId,
    method,
    url,
    headers: { ...buildHeaders(target), ...(call.body ? { 'content-type': 'application/json' } : {}) },
    body: call.body && JSON.stringify(call.body),
    secrets,
    deadlineMs: budget.getRemainingMs(),
    headersTimeoutMs: budget.headersTimeoutMs,
    maxBytes: budget.remainingBytes,
    signal: budget.signal,
  });
  if (status >= 400) {
    const credentialHint = suggestAuthScheme(target, headers);
    throw upstreamRejected({ status, headers, body, method, url, secrets, credentialHint });
  }
  budget.remainingBytes -= Math.max(body.length, receivedBytes);
  const parsed = parseResponseJson(body);
  if ('problem' in parsed) throw upstreamInvalidResponse(parsed.problem, status);
  const fail = (part: unknown) => upstreamReportedError(part, status, secrets);
  if (reportsError(parsed.json)) throw fail(parsed.json);
  return { json: parsed.json, status, headers, url, latencyMs, fail };
}

function buildHeaders(target: UpstreamTarget): Record<string, string> {
  const common = {
    accept: 'application/json',
    'user-agent': 'caret',
    ...listExtraHeaders(target),
    ...buildAuthHeaders(target),
  };
  if (target.kind === 'openai') return common;
  const version = target.advancedJson.anthropic_version;
  return {
    ...common,
    'anthropic-version':
      typeof version === 'string' && /^[\x21-\x7e]+$/.test(version) ? version : ANTHROPIC_VERSION,
  };
}
