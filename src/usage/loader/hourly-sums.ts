import Big from 'big.js';
import { timestamp } from '../../common/timestamp';
import { truncate } from '../../common/truncate';
import type { UsageRecord } from '../usage-record';
import { isCost, toInteger } from './event-columns';

const HOUR_MS = 3_600_000;

/** Upper bounds of the counters of `ms_total`, in milliseconds. The last counter includes all longer attempts. */
export const LATENCY_BOUNDS_MS = [
  100, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000,
] as const;

/** The columns of the primary key of `usage_hourly`. A row without a provider or model has an empty text. */
export const HOURLY_KEY = [
  'account_id',
  'hour',
  'provider_id',
  'model_id',
  'token_id',
  'endpoint',
  'status_class',
] as const;

/** The names at the time of the last row. */
export const HOURLY_NAMES = ['provider_name', 'model', 'token_name'] as const;

/** The columns that are sums. */
export const HOURLY_SUMS = [
  'requests',
  'attempts',
  'input_tokens',
  'output_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
  'reasoning_tokens',
  'cost',
  'cost_estimated',
  'cost_unknown',
  ...LATENCY_BOUNDS_MS.map((bound) => `ms_${bound}`),
] as const;

const COUNTS_BEFORE_COST = HOURLY_SUMS.indexOf('cost');
/** `cost` and `cost_estimated`, the sums that are not counts. */
const AMOUNTS = 2;

/** A row to add to `usage_hourly`, in the order of the three lists. */
export type HourlyRow = (string | number)[];

interface Sums {
  readonly key: readonly string[];
  names: readonly string[];
  readonly counts: number[];
  cost: Big;
  costEstimated: Big;
}

/**
 * Sums records by account, hour, provider, model, token, endpoint and class of status. Sorted by key, against deadlocks.
 */
export function hourlyRows(records: readonly UsageRecord[]): HourlyRow[] {
  const groups = new Map<string, Sums>();
  for (const record of records) {
    const key = keyOf(record);
    const text = key.join('\n');
    const sums = groups.get(text) ?? createSums(key);
    groups.set(text, sums);
    add(sums, record);
  }
  const sorted = [...groups.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, { key, names, counts, cost, costEstimated }]) => {
    const [before, after] = [counts.slice(0, COUNTS_BEFORE_COST), counts.slice(COUNTS_BEFORE_COST)];
    return [...key, ...names, ...before, cost.toFixed(), costEstimated.toFixed(), ...after];
  });
}

function keyOf(record: UsageRecord): string[] {
  const hour = timestamp(record.startedAt - (record.startedAt % HOUR_MS));
  const { accountId, providerId, modelId, tokenId, endpoint } = record;
  return [
    accountId,
    hour,
    providerId ?? '',
    modelId ?? '',
    tokenId,
    endpoint.slice(0, 64),
    statusClass(record),
  ];
}

/** The class of an upstream's status for an error with one, else the status of the row. */
function statusClass({ status, httpStatus }: UsageRecord): string {
  return status === 'error' && httpStatus !== null && httpStatus >= 300
    ? `${Math.floor(httpStatus / 100)}xx`
    : status;
}

function createSums(key: readonly string[]): Sums {
  const counts = Array<number>(HOURLY_SUMS.length - AMOUNTS).fill(0);
  return { key, names: [], counts, cost: new Big(0), costEstimated: new Big(0) };
}

function add(sums: Sums, record: UsageRecord): void {
  const { providerName, model, tokenName, cost, costState } = record;
  sums.names = [truncate(providerName ?? '', 200), truncate(model ?? '', 512), truncate(tokenName, 200)];
  const added = [
    record.isFinal ? 1 : 0,
    record.attempt > 0 ? 1 : 0,
    record.inputTokens,
    record.outputTokens,
    record.cacheWriteTokens,
    record.cacheReadTokens,
    record.reasoningTokens,
    isCost(cost) ? 0 : 1,
  ];
  added.forEach((value, index) => (sums.counts[index]! += toInteger(value) ?? 0));
  sums.counts[added.length + latencyIndex(record.msTotal)]! += 1;
  if (!isCost(cost)) return;
  sums.cost = sums.cost.plus(cost);
  if (costState === 'estimated') sums.costEstimated = sums.costEstimated.plus(cost);
}

function latencyIndex(ms: number): number {
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? LATENCY_BOUNDS_MS.length - 1 : index;
}
