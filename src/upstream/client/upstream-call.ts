import { type EndpointPath, endpointUrl } from '../base-url';
import { upstreamInvalidResponse, upstreamRejected, upstreamTimeout } from '../upstream-error';
import { extraHeadersOf, extraQueryOf, secretsOf, type UpstreamTarget } from '../upstream-target';
import { type GuardedHttpClient } from './guarded-http-client';

/** Anthropic's only version so far; `anthropic_version` in `advanced_json` sets another. */
const ANTHROPIC_VERSION = '2023-06-01';

/** What several calls of one operation may use together: time in milliseconds, and decoded bytes. */
export class CallBudget {
  private readonly endsAt: number;

  constructor(
    deadlineMs: number,
    public bytes: number,
    readonly headersTimeoutMs?: number,
  ) {
    this.endsAt = performance.now() + deadlineMs;
  }

  /** Throws `upstream_timeout` where nothing is left. */
  remainingMs(): number {
    const remaining = Math.ceil(this.endsAt - performance.now());
    if (remaining <= 0) throw upstreamTimeout();
    return remaining;
  }
}

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

/** One JSON call to a target, with its credentials, extra headers and query; anything but 2xx with JSON throws. */
export async function callJson(
  http: GuardedHttpClient,
  target: UpstreamTarget,
  call: JsonCall,
  budget: CallBudget,
): Promise<JsonResponse> {
  const url = endpointUrl(target.kind, target.baseUrl, call.path);
  for (const [name, value] of extraQueryOf(target)) url.searchParams.set(name, value);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);

  const { status, body, latencyMs } = await http.request({
    method: call.body ? 'POST' : 'GET',
    url,
    headers: { ...headersOf(target), ...(call.body ? { 'content-type': 'application/json' } : {}) },
    body: call.body && JSON.stringify(call.body),
    deadlineMs: budget.remainingMs(),
    headersTimeoutMs: budget.headersTimeoutMs,
    maxBytes: budget.bytes,
  });
  if (status >= 400) throw upstreamRejected(status, body, secretsOf(target));
  budget.bytes -= body.length;
  return { json: parse(body, status), latencyMs };
}

function headersOf(target: UpstreamTarget): Record<string, string> {
  const common = { accept: 'application/json', 'user-agent': 'caret', ...extraHeadersOf(target) };
  if (target.kind === 'openai') return { ...common, authorization: `Bearer ${target.apiKey}` };
  const version = target.advancedJson.anthropic_version;
  return {
    ...common,
    'x-api-key': target.apiKey,
    'anthropic-version':
      typeof version === 'string' && /^[\x21-\x7e]+$/.test(version) ? version : ANTHROPIC_VERSION,
  };
}

function parse(body: Buffer, status: number): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // JSON.parse quotes the text in its message.
    throw upstreamInvalidResponse('is not JSON; check base_url', status);
  }
}
