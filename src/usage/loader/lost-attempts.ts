import type { AttemptIntent, UsageRecord } from '../usage-record';

/** Creates the row of an attempt whose process ended before it. The vendor may have billed it. */
export function lostAttempt(intent: AttemptIntent): UsageRecord {
  return {
    ...intent,
    isFinal: true,
    status: 'lost',
    httpStatus: null,
    errorCode: null,
    inputTokens: intent.estimatedInput,
    outputTokens: null,
    cacheWriteTokens: null,
    cacheReadTokens: null,
    reasoningTokens: null,
    usageSource: 'estimated',
    usage: null,
    cost: intent.estimatedCost,
    costState: intent.estimatedCost === null ? 'unknown' : 'estimated',
    upstreamRequestId: null,
    upstreamResponseId: null,
    msFirstByte: null,
    msFirstContent: null,
    msTotal: 0,
    bytesOut: 0,
    warnings: null,
  };
}
