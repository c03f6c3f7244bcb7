import { newId } from '../../common/ids';
import { wallClock } from '../../common/timestamp';
import type { PooledRequest } from '../../upstream/client/pooled-call';
import type { AttemptIntent } from '../../usage/usage-record';
import type { Repair } from '../failure/repairs';
import type { GatewayTarget } from '../target/gateway-target';
import { createBody } from './attempt-body';
import type { AttemptDeadlines } from './attempt-deadlines';
import { createHeaders } from './attempt-headers';
import type { CallState } from './call-state';
import { protocolNameOf } from './endpoint-protocol';
import { reservedCost } from './reserved-cost';

/** What one attempt sends, and what was changed for it. */
export interface OpenedAttempt {
  readonly intent: AttemptIntent;
  readonly request: PooledRequest;
  readonly repairs: readonly Repair[];
  readonly betaFlags: readonly string[];
  /** Whether Caret asked for the usage of the stream, which the caller did not. */
  readonly insertedUsage: boolean;
}

/** Creates what the next attempt sends. */
export function openAttempt(
  state: CallState,
  target: GatewayTarget,
  repairs: readonly Repair[],
  deadlines: AttemptDeadlines,
): OpenedAttempt {
  const { call } = state.scope;
  const { headers, version, betaFlags } = createHeaders(state, target, repairs);
  const { body, insertedUsage } = createBody(state, target, repairs, version);
  const request = {
    accountId: call.caller.accountId,
    origin: target.origin,
    path: target.pathOf(call.endpoint.path, call.isBeta),
    headers,
    body,
    secrets: target.secrets,
    firstByteTimeoutMs: deadlines.firstByteTimeoutMs,
    idleTimeoutMs: deadlines.idleTimeoutMs,
    deadlineMs: deadlines.deadlineMs,
  };
  return { intent: createIntent(state, target), request, repairs, betaFlags, insertedUsage };
}

function createIntent({ scope, attempts }: CallState, target: GatewayTarget): AttemptIntent {
  const { call, requested, resolution } = scope;
  const { caller, endpoint, body } = call;
  const { provider, model } = target;
  const { inputTokens } = body.estimate();
  const protocol = protocolNameOf(endpoint);
  return {
    id: newId(),
    accountId: caller.accountId,
    requestId: call.requestId,
    clientRequestId: call.clientRequestId,
    attempt: attempts,
    tokenId: caller.tokenId,
    tokenName: caller.tokenName,
    providerId: provider.id,
    providerName: provider.name,
    modelId: model.id,
    model: model.model,
    upstreamModel: model.model,
    selector: requested.selectors[0] ?? null,
    endpoint: endpoint.path,
    protocolIn: protocol,
    protocolOut: protocol,
    stream: requested.isStream,
    revision: resolution.revision,
    multiplier: model.multiplier,
    bytesIn: body.bytes.length,
    estimatedInput: inputTokens,
    estimatedCost: reservedCost(target.rates, requested, inputTokens, endpoint),
    tags: caller.tags,
    startedAt: wallClock(),
  };
}
