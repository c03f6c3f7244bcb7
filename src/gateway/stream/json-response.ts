import type { JsonObject } from '../../common/json-object';
import { reportsError } from '../../upstream/error-body';
import type { GatewayEndpoint } from '../dialect/endpoint';
import { booleanAt, jsonAt, stringAt } from '../json/read-value';
import { scanObject } from '../json/scan-object';
import { type Span, valueSpan, wholeSpan } from '../json/span';
import { MAX_ERROR_BYTES, type ReportedFailure, reportedFailure } from './reported-failure';
import { findUsage, nameAt } from './stream-facts';

/** A whole response with status 200. */
export interface JsonResponse {
  /** Whether the body is one JSON object. */
  readonly isJson: boolean;
  /** An error that the response reports although its status is 200. */
  readonly error: ReportedFailure | null;
  /** The vendor's usage object, or null. */
  readonly usage: JsonObject | null;
  readonly responseId: string | null;
  /** The model in the upstream's words. */
  readonly upstreamModel: string | null;
  /** Whether the upstream stores the response. Only the Responses API says so. */
  readonly isStored: boolean;
  /** Returns the bytes with another model, if the response has one. */
  readonly spliceModel: (model: string) => Buffer[];
}

/** Members that contain the result of an endpoint. */
const RESULTS = ['choices', 'output', 'content', 'data', 'input_tokens'];

const NULL = 0x6e;
const FALSE = 0x66;

/** Reads the body of a response with status 200 without parsing all of it. Accepts anything. */
export function readJsonResponse(endpoint: GatewayEndpoint, bytes: Buffer): JsonResponse {
  const members = scanObject(bytes, 0, bytes.length);
  const isJson = Array.isArray(members);
  const spans = new Map<string, Span>();
  if (isJson) for (const member of members) spans.set(member.key, valueSpan(member));
  const responseId = nameAt(bytes, spans.get('id'));
  const model = spans.get('model');
  const store = spans.get('store');
  const isStored = endpoint.path === 'responses' && responseId !== null;
  return {
    isJson,
    error: findError(bytes, spans, endpoint),
    usage: findUsage(bytes, spans.get('usage'), spans.get('service_tier')),
    responseId,
    upstreamModel: nameAt(bytes, model),
    isStored: isStored && (store === undefined || booleanAt(bytes, store) !== false),
    spliceModel: (name) => splice(bytes, model, name),
  };
}

/** Finds an error: `error` beside or instead of a result, a failed response, or words instead of a result. */
function findError(
  bytes: Buffer,
  spans: ReadonlyMap<string, Span>,
  { path, dialect }: GatewayEndpoint,
): ReportedFailure | null {
  const isFilled = (key: string): boolean => {
    const span = spans.get(key);
    return span !== undefined && bytes[span.start] !== NULL && bytes[span.start] !== FALSE;
  };
  const status = path === 'responses' ? spans.get('status') : undefined;
  const isFailed = status !== undefined && stringAt(bytes, status) === 'failed';
  if (RESULTS.some(isFilled)) {
    if (!isFilled('error')) return isFailed ? reportedFailure({ error: null }, dialect) : null;
    const error = jsonAt(bytes, spans.get('error')!, MAX_ERROR_BYTES);
    return isFailed || reportsError({ error, data: [] }) ? reportedFailure({ error }, dialect) : null;
  }
  const json = jsonAt(bytes, wholeSpan(bytes), MAX_ERROR_BYTES);
  return isFailed || reportsError(json) ? reportedFailure(json, dialect) : null;
}

function splice(bytes: Buffer, value: Span | undefined, text: string): Buffer[] {
  if (value === undefined) return [bytes];
  return [bytes.subarray(0, value.start), Buffer.from(JSON.stringify(text)), bytes.subarray(value.end)];
}
