/** How an attempt ended. `lost`: its process ended before the attempt. */
export type UsageStatus = 'ok' | 'error' | 'client_closed' | 'truncated' | 'lost';

/** Where the token counts of a row come from. */
export type UsageSource = 'upstream' | 'partial' | 'estimated' | 'none';

export type CostState = 'exact' | 'assumed' | 'estimated' | 'unknown' | 'free';

/** The facts of an attempt that are known when it is sent. */
export interface AttemptIntent {
  /** UUIDv7. The key of the row, so that a replay of the journal counts nothing twice. */
  readonly id: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly clientRequestId: string | null;
  /** From 1. 0 is a request that was rejected before any attempt. */
  readonly attempt: number;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly modelId: string | null;
  readonly model: string | null;
  readonly upstreamModel: string | null;
  /** As the caller wrote it. */
  readonly selector: string | null;
  /** The path after `/v1/`. */
  readonly endpoint: string;
  readonly protocolIn: string;
  readonly protocolOut: string | null;
  readonly stream: boolean;
  readonly revision: number | null;
  readonly multiplier: number | null;
  readonly bytesIn: number;
  /** Estimated tokens of the request. */
  readonly estimatedInput: number;
  /** Estimated US dollars as a decimal, for an attempt that is lost; null if the price is unknown. */
  readonly estimatedCost: string | null;
  readonly tags: Readonly<Record<string, string>> | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** How an attempt ended, with its usage and cost. */
export interface AttemptOutcome {
  /** Whether no attempt of the request follows. */
  readonly isFinal: boolean;
  readonly status: UsageStatus;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly usageSource: UsageSource;
  /** The vendor's usage object, if it has more than the counts above. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** US dollars as a decimal with at most 12 places; null if unknown. */
  readonly cost: string | null;
  readonly costState: CostState;
  readonly upstreamRequestId: string | null;
  readonly upstreamResponseId: string | null;
  readonly msFirstByte: number | null;
  readonly msFirstContent: number | null;
  readonly msTotal: number;
  readonly bytesOut: number;
  readonly warnings: readonly string[] | null;
}

/** A row of the ledger: one attempt. */
export type UsageRecord = AttemptIntent & AttemptOutcome;

/** A response that a Responses API stored, for `previous_response_id`. */
export interface StoredResponse {
  readonly accountId: string;
  readonly responseId: string;
  readonly providerId: string;
  readonly modelId: string;
  readonly tokenId: string;
}
