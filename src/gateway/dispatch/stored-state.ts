import { Injectable } from '@nestjs/common';
import { isOutage } from '../../common/domain-error';
import type { RoutingTable } from '../../routing/engine/routing-table';
import { isAllowed } from '../../selectors/allowed-selectors';
import { UsageLedger } from '../../usage/usage-ledger';
import type { StoredResponse } from '../../usage/usage-record';
import type { GatewayCall } from '../call/gateway-call';
import { GatewayError } from '../dialect/gateway-error';
import type { CallScope, StoredAt } from './call-scope';
import { CandidateFilter } from './candidate-filter';
import type { ModelKinds } from './model-kinds';

/** The most candidates that are searched for the provider of an unrecorded response. */
const MAX_CANDIDATES = 1000;

/** Finds the provider that stored the response which a call continues. */
@Injectable()
export class StoredState {
  constructor(private readonly ledger: UsageLedger) {}

  /**
   * Returns the provider, or null if no record has the response or the database is unavailable.
   *
   * @throws GatewayError `previous_response_not_found` if the token may not use the model of the response
   */
  async findProvider(call: GatewayCall, responseId: string, table: RoutingTable): Promise<StoredAt | null> {
    const { caller } = call;
    const stored = await this.find(caller.accountId, responseId);
    if (stored === null) return null;
    const candidate = table.findById(stored.modelId);
    const mayUse =
      candidate === null
        ? caller.allowedSelectors === null
        : isAllowed(caller, candidate.provider.name, candidate.model);
    if (!mayUse) throw responseNotFound(responseId, null);
    const isLimited = candidate === null || caller.allowedSelectors !== null;
    return { providerId: stored.providerId, selector: isLimited ? null : `${candidate.provider.name}^` };
  }

  private async find(accountId: string, responseId: string): Promise<StoredResponse | null> {
    try {
      return await this.ledger.findStoredResponse(accountId, responseId);
    } catch (error) {
      if (isOutage(error)) return null;
      throw error;
    }
  }
}

/**
 * Returns the provider of an unrecorded response: the only provider among the candidates.
 *
 * @throws GatewayError `previous_response_not_found` if there is none, or more than one
 */
export function soleProvider(scope: CallScope, responseId: string, kinds: ModelKinds): StoredAt {
  const filter = new CandidateFilter(scope, kinds);
  let providerId: string | null = null;
  for (let index = 0; index < MAX_CANDIDATES; index++) {
    const candidate = scope.resolution.at(index);
    if (candidate === null) break;
    if (filter.exclusionOf(candidate) !== null) continue;
    if (providerId !== null && candidate.provider.id !== providerId) throw responseNotFound(responseId, null);
    providerId = candidate.provider.id;
  }
  if (providerId === null) throw responseNotFound(responseId, null);
  return { providerId, selector: null };
}

/** @param selector `provider^` of the provider that has the response, or null if the caller must not know it */
export function responseNotFound(responseId: string, selector: string | null): GatewayError {
  const where =
    selector === null
      ? 'No provider that the model selects is known to have it'
      : `Only ${JSON.stringify(selector)} has it, and the model selects no usable model of that provider`;
  const text = `The response ${JSON.stringify(responseId)} is not found. ${where}.`;
  return new GatewayError('previous_response_not_found', text, {
    param: 'previous_response_id',
    shouldRetry: false,
  });
}
