import { randomUUID } from 'node:crypto';
import { newId } from '../../../src/common/ids';
import type { AttemptIntent, AttemptOutcome, UsageRecord } from '../../../src/usage/usage-record';

/** What is known of an attempt when it is sent. */
export function createIntent(fields: Partial<AttemptIntent> = {}): AttemptIntent {
  return {
    id: newId(),
    accountId: newId(),
    requestId: newId(),
    clientRequestId: null,
    attempt: 1,
    tokenId: newId(),
    tokenName: 'app',
    providerId: newId(),
    providerName: 'openai-main',
    modelId: newId(),
    model: 'gpt-5',
    upstreamModel: 'gpt-5-2026',
    selector: 'openai-main^gpt-5',
    endpoint: 'chat/completions',
    protocolIn: 'openai_chat_completions',
    protocolOut: 'openai_chat_completions',
    stream: true,
    revision: 7,
    multiplier: 1,
    bytesIn: 700,
    estimatedInput: 200,
    estimatedCost: '0.000250000001',
    tags: { team: 'search' },
    startedAt: Date.now(),
    ...fields,
  };
}

const OUTCOME: AttemptOutcome = {
  isFinal: true,
  status: 'ok',
  httpStatus: 200,
  errorCode: null,
  inputTokens: 100,
  outputTokens: 50,
  cacheWriteTokens: 10,
  cacheReadTokens: 20,
  reasoningTokens: 30,
  usageSource: 'upstream',
  usage: { input_audio: 3 },
  cost: '0.000125000001',
  costState: 'exact',
  upstreamRequestId: 'req_1',
  upstreamResponseId: 'resp_1',
  msFirstByte: 100,
  msFirstContent: 200,
  msTotal: 900,
  bytesOut: 5000,
  warnings: ['field: seed'],
};

/** A row of the ledger, of an attempt that was sent as `intent`. */
export function createRecord(
  fields: Partial<UsageRecord> = {},
  intent: AttemptIntent = createIntent(),
): UsageRecord {
  return { ...intent, ...OUTCOME, upstreamResponseId: `resp_${randomUUID()}`, ...fields };
}
