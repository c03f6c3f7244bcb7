import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../auth/caller';
import type { RequestBody } from '../body/request-body';
import type { GatewayEndpoint } from '../dialect/endpoint';
import type { CallOptions } from '../request/call-options';
import type { CallerResponse } from './caller-response';

/** One authenticated call of a caller, with its body read and scanned. */
export interface GatewayCall {
  /** A UUIDv7 of Caret, in the response, the log and the ledger. */
  readonly requestId: string;
  /** The caller's own `x-request-id`, if it is a plain word. */
  readonly clientRequestId: string | null;
  readonly endpoint: GatewayEndpoint;
  readonly caller: Principal;
  readonly headers: IncomingHttpHeaders;
  /** Whether the caller sent `?beta=true`, which goes upstream. */
  readonly isBeta: boolean;
  readonly body: RequestBody;
  /** Frees the body and its share of the budget of bodies in flight. Do not read `body` afterwards. May be called again. */
  releaseBody(): void;
  /**
   * Counts the bytes of the response that are held for the caller in the same budget. Returns false, and changes nothing,
   * if they do not fit.
   */
  holdBytes(bytes: number): boolean;
  readonly options: CallOptions;
  readonly response: CallerResponse;
  /** Time of arrival by the monotonic clock. */
  readonly startedAt: number;
  /** Epoch milliseconds of arrival. */
  readonly startedAtMs: number;
  /** Facts for the access log, the metrics and the ledger. The dispatcher fills them in. */
  readonly facts: CallFacts;
}

/** What the access log and the metrics report of a call. */
export interface CallFacts {
  /** Bytes of the body of the request. */
  bytesIn?: number;
  /** The selector as the caller wrote it. */
  selector?: string;
  /** `provider^model` of the last attempt. */
  target?: string;
  attempts?: number;
  upstreamStatus?: number | null;
  errorCode?: string;
  msFirstContent?: number;
  /** Milliseconds during which an attempt was open. */
  msUpstream?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** US dollars, or null if unknown. */
  cost?: string | null;
  /** SHA-256 of the session, shortened. */
  session?: string;
  warnings?: readonly string[];
}
