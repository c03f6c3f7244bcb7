import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '../../common/json-object';
import type { RequestBody } from '../body/request-body';
import type { GatewayEndpoint } from '../dialect/endpoint';
import { GatewayError } from '../dialect/gateway-error';
import { type CallOptions, MAX_SESSION_LENGTH } from './call-options';

/** What a call asks for, from its body and headers. */
export interface RequestedCall {
  /** `model` of the body, then those of `x-caret-selectors`. */
  readonly selectors: readonly string[];
  readonly isStream: boolean;
  /** The number of choices (`n`) of chat completions, else 1. */
  readonly choices: number;
  /** Whether a stream of chat completions includes its usage. */
  readonly wantsUsage: boolean;
  /** The conversation, if the caller or its client names it. */
  readonly session: string | null;
  /** Null if the caller leaves it to the upstream. */
  readonly store: boolean | null;
  readonly previousResponseId: string | null;
  /** The first parameter that refers to what one upstream stores: `conversation`, `container` or `thread`. */
  readonly statefulMarker: string | null;
  /** The limit of the output in tokens. */
  readonly maxTokens: number | null;
  readonly isBackground: boolean;
}

const SESSION_HEADERS = ['x-claude-code-session-id', 'session-id'];

const LIMITS = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'];
const STATEFUL = ['conversation', 'container', 'thread'];

/** @throws GatewayError `invalid_body` if `model` is absent or not a string */
export function readRequestedCall(
  { path, isGeneration }: GatewayEndpoint,
  headers: IncomingHttpHeaders,
  body: RequestBody,
  { selectors, session }: CallOptions,
): RequestedCall {
  const model = readModel(body);
  const isChat = path === 'chat/completions';
  return {
    selectors: selectors.length === 0 ? [model] : [model, ...selectors],
    isStream: isGeneration && body.boolean('stream') === true,
    choices: (isChat ? positiveInteger(body, 'n') : null) ?? 1,
    wantsUsage: isChat && wantsUsage(body),
    session: session ?? clientSession(headers, body),
    store: body.boolean('store'),
    previousResponseId: body.string('previous_response_id'),
    statefulMarker: STATEFUL.find((name) => body.hasValue(name)) ?? null,
    maxTokens: outputLimit(body),
    isBackground: body.boolean('background') === true,
  };
}

function readModel(body: RequestBody): string {
  const model = body.string('model');
  if (model !== null) return model;
  const problem = body.has('model')
    ? 'The parameter "model" is not a string'
    : 'The parameter "model" is missing';
  throw new GatewayError(
    'invalid_body',
    `${problem}. Send a selector such as "provider^model", "model", "#tag" or "auto".`,
    { param: 'model' },
  );
}

function wantsUsage(body: RequestBody): boolean {
  if (!body.has('stream_options')) return false;
  const options = body.json('stream_options');
  return isJsonObject(options) && options.include_usage === true;
}

function clientSession(headers: IncomingHttpHeaders, body: RequestBody): string | null {
  for (const name of SESSION_HEADERS) {
    const session = headers[name];
    if (typeof session === 'string' && isSession(session)) return session;
  }
  const key = body.string('prompt_cache_key');
  return key !== null && isSession(key) ? key : null;
}

/** A longer id of a client is ignored. */
function isSession(text: string): boolean {
  return text !== '' && text.length <= MAX_SESSION_LENGTH;
}

function outputLimit(body: RequestBody): number | null {
  for (const name of LIMITS) {
    const limit = positiveInteger(body, name);
    if (limit !== null) return limit;
  }
  return null;
}

function positiveInteger(body: RequestBody, name: string): number | null {
  const value = body.number(name);
  return value !== null && Number.isSafeInteger(value) && value > 0 ? value : null;
}
