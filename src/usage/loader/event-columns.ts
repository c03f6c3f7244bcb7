import { timestamp } from '../../common/timestamp';
import { truncate } from '../../common/truncate';
import type { UsageRecord } from '../usage-record';

type Value = string | number | null;

/** A column of `usage_events` and how a record becomes its value. */
interface EventColumn {
  readonly name: string;
  readonly valueOf: (record: UsageRecord) => Value;
}

const MAX_COUNT = 2 ** 53 - 1;
const MAX_INTEGER = 2 ** 31 - 1;

/** At most 12 decimals and eight digits before them. */
const COST = /^\d{1,8}(\.\d{1,12})?$/;

/** Texts of upstreams and callers have no limit of their own, so they are cut to their column. */
const text = (name: string, field: keyof UsageRecord, length: number): EventColumn => ({
  name,
  valueOf: (record) => {
    const value = record[field];
    return typeof value === 'string' ? truncate(value, length) : null;
  },
});

const integer = (name: string, field: keyof UsageRecord, maximum = MAX_INTEGER): EventColumn => ({
  name,
  valueOf: (record) => toInteger(record[field], maximum),
});

const flag = (name: string, field: keyof UsageRecord): EventColumn => ({
  name,
  valueOf: (record) => (record[field] === true ? 1 : 0),
});

const json = (name: string, field: keyof UsageRecord): EventColumn => ({
  name,
  valueOf: (record) => (record[field] == null ? null : JSON.stringify(record[field])),
});

/** Every column of `usage_events`, in the order of inserts. */
export const EVENT_COLUMNS: readonly EventColumn[] = [
  text('id', 'id', 36),
  text('account_id', 'accountId', 36),
  text('request_id', 'requestId', 36),
  text('client_request_id', 'clientRequestId', 200),
  integer('attempt', 'attempt'),
  flag('is_final', 'isFinal'),
  text('token_id', 'tokenId', 36),
  text('token_name', 'tokenName', 200),
  text('provider_id', 'providerId', 36),
  text('provider_name', 'providerName', 200),
  text('model_id', 'modelId', 36),
  text('model', 'model', 512),
  text('upstream_model', 'upstreamModel', 512),
  text('selector', 'selector', 1024),
  text('endpoint', 'endpoint', 64),
  text('protocol_in', 'protocolIn', 32),
  text('protocol_out', 'protocolOut', 32),
  flag('stream', 'stream'),
  text('status', 'status', 16),
  integer('http_status', 'httpStatus'),
  text('error_code', 'errorCode', 64),
  integer('input_tokens', 'inputTokens', MAX_COUNT),
  integer('output_tokens', 'outputTokens', MAX_COUNT),
  integer('cache_write_tokens', 'cacheWriteTokens', MAX_COUNT),
  integer('cache_read_tokens', 'cacheReadTokens', MAX_COUNT),
  integer('reasoning_tokens', 'reasoningTokens', MAX_COUNT),
  text('usage_source', 'usageSource', 16),
  json('usage', 'usage'),
  { name: 'cost', valueOf: ({ cost }) => (isCost(cost) ? cost : null) },
  { name: 'cost_state', valueOf: ({ cost, costState }) => (isCost(cost) ? costState : 'unknown') },
  { name: 'multiplier', valueOf: ({ multiplier }) => multiplier ?? null },
  integer('revision', 'revision', MAX_COUNT),
  text('upstream_request_id', 'upstreamRequestId', 255),
  text('upstream_response_id', 'upstreamResponseId', 512),
  { name: 'started_at', valueOf: ({ startedAt }) => timestamp(startedAt) },
  integer('ms_first_byte', 'msFirstByte'),
  integer('ms_first_content', 'msFirstContent'),
  integer('ms_total', 'msTotal'),
  integer('bytes_in', 'bytesIn', MAX_COUNT),
  integer('bytes_out', 'bytesOut', MAX_COUNT),
  json('tags', 'tags'),
  json('warnings', 'warnings'),
];

export function isCost(cost: unknown): cost is string {
  return typeof cost === 'string' && COST.test(cost);
}

export function toInteger(value: unknown, maximum = MAX_COUNT): number | null {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(maximum, Math.max(0, Math.round(value)))
    : null;
}

/** Throws for a record without the fields that every row needs. */
export function toEventRow(record: UsageRecord): Value[] {
  return EVENT_COLUMNS.map(({ valueOf }) => valueOf(record));
}
