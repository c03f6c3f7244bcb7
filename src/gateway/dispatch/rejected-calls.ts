import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids';
import { UsageLedger } from '../../usage/usage-ledger';
import type { UsageStatus } from '../../usage/usage-record';
import type { GatewayCall } from '../call/gateway-call';
import { protocolNameOf } from './endpoint-protocol';

/** The most rows per second, so that nobody can fill the disk with them. */
const MAX_PER_SECOND = 10;

const NOTHING = (): void => undefined;

/** Records calls that end before any attempt, each as a row with attempt 0. Drops rows above a rate. */
@Injectable()
export class RejectedCalls {
  private secondEndsAt = 0;
  private count = 0;

  constructor(private readonly ledger: UsageLedger) {}

  /** @param errorCode null for a call that Caret responds to itself */
  record(call: GatewayCall, status: UsageStatus, httpStatus: number | null, errorCode: string | null): void {
    const now = performance.now();
    if (now >= this.secondEndsAt) {
      this.secondEndsAt = now + 1000;
      this.count = 0;
    }
    this.count += 1;
    if (this.count > MAX_PER_SECOND) return;
    const { caller, endpoint, facts } = call;
    this.ledger.settle(
      {
        id: newId(),
        accountId: caller.accountId,
        requestId: call.requestId,
        clientRequestId: call.clientRequestId,
        attempt: 0,
        tokenId: caller.tokenId,
        tokenName: caller.tokenName,
        providerId: null,
        providerName: null,
        modelId: null,
        model: null,
        upstreamModel: null,
        selector: facts.selector ?? null,
        endpoint: endpoint.path,
        protocolIn: protocolNameOf(endpoint),
        protocolOut: null,
        stream: false,
        revision: null,
        multiplier: null,
        bytesIn: facts.bytesIn ?? 0,
        estimatedInput: 0,
        estimatedCost: null,
        tags: caller.tags,
        startedAt: call.startedAtMs,
      },
      {
        isFinal: true,
        status,
        httpStatus,
        errorCode,
        inputTokens: null,
        outputTokens: null,
        cacheWriteTokens: null,
        cacheReadTokens: null,
        reasoningTokens: null,
        usageSource: 'none',
        usage: null,
        cost: '0',
        costState: 'free',
        upstreamRequestId: null,
        upstreamResponseId: null,
        msFirstByte: null,
        msFirstContent: null,
        msTotal: now - call.startedAt,
        bytesOut: call.response.bytes,
        warnings: null,
      },
      NOTHING,
    );
  }
}
