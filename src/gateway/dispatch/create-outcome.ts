import { isJsonObject, type JsonObject } from '../../common/json-object';
import type { PriceEndpoint } from '../../pricing/price-kinds';
import { type PricedUsage, priceUsage, type PriceUsageOptions } from '../../pricing/price-usage';
import { RuleTimeBudget } from '../../routing/engine/rules/rule-time-budget';
import type { AttemptOutcome, UsageSource, UsageStatus } from '../../usage/usage-record';
import { BYTES_PER_TOKEN } from '../body/request-body';
import type { EndpointPath } from '../dialect/endpoint';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';

/** What an attempt used and cost. */
interface Bill {
  readonly priced: PricedUsage;
  readonly usageSource: UsageSource;
  readonly costState: AttemptOutcome['costState'];
}

/** An attempt without a response of the model, or of an endpoint that no vendor bills. */
const FREE: Bill = {
  priced: {
    counts: {
      inputTokens: null,
      outputTokens: null,
      cacheWriteTokens: null,
      cacheReadTokens: null,
      reasoningTokens: null,
    },
    finerKinds: null,
    cost: '0',
    costState: 'free',
  },
  usageSource: 'none',
  costState: 'free',
};

const PRICE_ENDPOINTS: Readonly<Record<EndpointPath, PriceEndpoint>> = {
  'chat/completions': 'chat_completions',
  responses: 'responses',
  'responses/compact': 'responses',
  messages: 'messages',
  'messages/count_tokens': 'messages',
  embeddings: 'embeddings',
};

/**
 * Creates the outcome of an attempt that has ended, with its usage and cost. Lists every field, because a spread is slow.
 */
export function createOutcome(
  state: CallState,
  attempt: Attempt,
  status: UsageStatus,
  errorCode: string | null,
  isFinal: boolean,
): AttemptOutcome {
  const { delivery } = attempt;
  const { priced, usageSource, costState } = billOf(state, attempt, status);
  const { counts, finerKinds, cost } = priced;
  return {
    isFinal,
    status,
    httpStatus: attempt.status,
    errorCode,
    inputTokens: counts.inputTokens,
    outputTokens: counts.outputTokens,
    cacheWriteTokens: counts.cacheWriteTokens,
    cacheReadTokens: counts.cacheReadTokens,
    reasoningTokens: counts.reasoningTokens,
    usageSource,
    usage: finerKinds,
    cost,
    costState,
    upstreamRequestId: attempt.upstreamRequestId,
    upstreamResponseId: delivery?.responseId ?? null,
    msFirstByte: roundMs(attempt.msFirstByte),
    msFirstContent: roundMs(attempt.msFirstContent),
    msTotal: Math.round(attempt.msTotal),
    bytesOut: state.scope.call.response.bytes + attempt.lastBytes,
    warnings: state.warnings.length > 0 ? state.warnings : null,
  };
}

function roundMs(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

/**
 * Bills a complete response by the usage of its upstream, and an incomplete one by the usage that has arrived and estimates
 * of the rest. An upstream that rejected the call, was never reached or sent no output bills nothing.
 */
function billOf(state: CallState, attempt: Attempt, status: UsageStatus): Bill {
  if (state.scope.call.endpoint.path === 'messages/count_tokens') return FREE;
  const { delivery } = attempt;
  const usage = isJsonObject(delivery?.usage) ? delivery.usage : null;
  if (status === 'ok')
    return usage === null
      ? price(state, attempt, estimate(attempt, null), 'estimated')
      : price(state, attempt, usage, 'upstream');
  const hasOutput = usage !== null || (delivery?.outputBytes ?? 0) > 0;
  if (!hasOutput && status !== 'client_closed') return FREE;
  return price(state, attempt, estimate(attempt, usage), hasOutput ? 'partial' : 'estimated');
}

function price(
  { scope }: CallState,
  { target, opened }: Attempt,
  usage: JsonObject,
  usageSource: UsageSource,
): Bill {
  const { rates, kind } = target;
  const budget = rates.sheet === null ? null : new RuleTimeBudget();
  const options: PriceUsageOptions = {
    kind,
    endpoint: PRICE_ENDPOINTS[scope.call.endpoint.path],
    rates,
    at: opened.intent.startedAt,
    partial: usageSource === 'partial',
    patterns: scope.table.patterns,
    beforeCondition: () => budget?.assertLeft(),
  };
  const priced = budget === null ? priceUsage(usage, options) : budget.run(() => priceUsage(usage, options));
  const { cost, costState } = priced;
  const isKnown = usageSource === 'upstream' || cost === null || costState === 'free';
  return { priced, usageSource, costState: isKnown ? costState : 'estimated' };
}

/** Completes a usage with estimates. Of the stated and the estimated output, the larger count wins. */
function estimate({ opened, delivery }: Attempt, known: JsonObject | null): JsonObject {
  const seen = Math.ceil((delivery?.outputBytes ?? 0) / BYTES_PER_TOKEN);
  if (known === null) return { input_tokens: opened.intent.estimatedInput, output_tokens: seen };
  const name = 'completion_tokens' in known ? 'completion_tokens' : 'output_tokens';
  const stated = known[name];
  if (typeof stated === 'number' && stated >= seen) return known;
  const completed = { ...known, [name]: seen };
  // A total that does not fit the counts would be taken for tokens of another kind.
  delete completed['total_tokens'];
  return completed;
}
