import { hash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ErrorEntry } from '../../observability/error-entry';
import { AccountTimeLimit } from '../../routing/account-time-limit';
import { resolve } from '../../routing/engine/resolve';
import type { RoutingTable } from '../../routing/engine/routing-table';
import { RoutingTableStore } from '../../routing/routing-table-store';
import type { GatewayCall } from '../call/gateway-call';
import { sendError } from '../call/send-error';
import { createOverloaded } from '../dialect/create-overloaded';
import type { GatewayError } from '../dialect/gateway-error';
import { toGatewayError } from '../dialect/to-gateway-error';
import { readRequestedCall, type RequestedCall } from '../request/requested-call';
import { createRuleContext } from '../request/rule-context';
import { TargetCache } from '../target/target-cache';
import { CallRun } from './call-run';
import type { CallScope, StoredAt } from './call-scope';
import { CallState } from './call-state';
import { CandidateFilter } from './candidate-filter';
import { CandidateWalk } from './candidate-walk';
import { DispatchServices } from './dispatch-services';
import { ModelKinds } from './model-kinds';
import { parseSelectors } from './parse-selectors';
import { rejectModelLists } from './reject-model-lists';
import { soleProvider, StoredState } from './stored-state';
import { TargetChooser } from './target-chooser';

const SESSION_LENGTH = 16;

/** Serves the calls of the gateway: resolves their selectors and tries the targets in their order. */
@Injectable()
export class GatewayDispatcher {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly services: DispatchServices,
    private readonly tables: RoutingTableStore,
    private readonly timeLimit: AccountTimeLimit,
    private readonly targets: TargetCache,
    private readonly kinds: ModelKinds,
    private readonly stored: StoredState,
  ) {}

  /**
   * Serves a call and ends its response. Never throws. Needs no promise if the table and the target are in memory and the
   * call continues no stored response.
   */
  dispatch(call: GatewayCall): void {
    try {
      call.facts.bytesIn = call.body.bytes.length;
      if (!this.services.ledger.mayAccept()) throw ledgerFull();
      const requested = readRequestedCall(call.endpoint, call.headers, call.body, call.options);
      noteRequest(call, requested);
      rejectModelLists(call.body, call.caller);
      const { accountId } = call.caller;
      const table = this.timeLimit.isSlow(accountId) ? null : this.tables.currentInMemory(accountId, 0);
      if (table === null || isContinued(call, requested)) void this.dispatchLater(call, requested);
      else this.start(call, requested, table, null);
    } catch (error) {
      this.reject(call, error);
    }
  }

  private async dispatchLater(call: GatewayCall, requested: RequestedCall): Promise<void> {
    const { accountId } = call.caller;
    try {
      await this.timeLimit.takeTurn(accountId);
      const table = await this.tables.current(accountId, 0);
      const storedAt = isContinued(call, requested)
        ? await this.stored.findProvider(call, requested.previousResponseId!, table)
        : null;
      if (call.response.hasLeft) this.services.rejected.record(call, 'client_closed', null, 'client_closed');
      else this.start(call, requested, table, storedAt);
    } catch (error) {
      this.reject(call, error);
    }
  }

  private start(
    call: GatewayCall,
    requested: RequestedCall,
    table: RoutingTable,
    storedAt: StoredAt | null,
  ): void {
    const { accountId } = call.caller;
    const selectors = parseSelectors(requested.selectors);
    const context = createRuleContext(call, requested);
    const resolution = this.timeLimit.run(accountId, () => resolve(table, selectors, context));
    let scope: CallScope = { call, requested, table, selectors, resolution, storedAt };
    if (storedAt === null && isContinued(call, requested))
      scope = { ...scope, storedAt: soleProvider(scope, requested.previousResponseId!, this.kinds) };
    const state = new CallState(scope);
    new CallRun(state, this.createChooser(scope), this.services).start();
  }

  private createChooser(scope: CallScope): TargetChooser {
    const { call, requested } = scope;
    const { caller, endpoint } = call;
    const firstId =
      requested.session === null || !endpoint.isGeneration
        ? null
        : this.services.affinity.find(caller.accountId, caller.tokenId, requested.session);
    const filter = new CandidateFilter(scope, this.kinds);
    const walk = new CandidateWalk(scope, filter, this.targets, firstId);
    const isCount = endpoint.path === 'messages/count_tokens';
    return new TargetChooser(walk, this.services.health, {
      estimateInput: () => call.body.estimate().inputTokens,
      mayFailOver: call.options.failover !== 'off' && !isCount,
      mayWait: !isCount,
    });
  }

  /** Responds to a call that was not attempted. */
  private reject(call: GatewayCall, reason: unknown): void {
    const error = toGatewayError(reason);
    const { response, endpoint, requestId, facts } = call;
    facts.errorCode = error.code;
    try {
      if (error.details.cause !== undefined) this.logUnexpected(error.details.cause, requestId);
      this.services.rejected.record(call, 'error', error.statusFor(endpoint.dialect), error.code);
      sendError(response, error, endpoint.dialect, requestId);
    } catch (failure) {
      this.logUnexpected(failure, requestId);
      response.abort();
    }
  }

  private logUnexpected(error: unknown, requestId: string): void {
    this.logger.error(new ErrorEntry('unexpected error', error, requestId));
  }
}

/** Whether the call continues a response that an upstream stored. */
function isContinued({ endpoint }: GatewayCall, { previousResponseId }: RequestedCall): boolean {
  return previousResponseId !== null && endpoint.protocol === 'openai_responses';
}

function noteRequest({ facts }: GatewayCall, { selectors, session }: RequestedCall): void {
  facts.selector = selectors[0];
  if (session !== null) facts.session = hash('sha256', session).slice(0, SESSION_LENGTH);
}

function ledgerFull(): GatewayError {
  return createOverloaded(
    'The usage of calls cannot be recorded at the moment. Send the request again later.',
  );
}
