import { classifyResponse } from '../failure/classify-response';
import type { Attempt, Delivery } from './attempt';
import type { DeliveryOwner } from './delivery-owner';
import { HeldBody } from './held-body';

/** The most bytes of an error that are read. */
const MAX_BYTES = 64 * 1024;

/** Reads a response that is unsuccessful, or not of the type that the caller asked for. */
export class RejectionDelivery implements Delivery {
  readonly usage = null;
  readonly outputBytes = 0;
  readonly responseId = null;
  private readonly held = new HeldBody();

  constructor(
    private readonly owner: DeliveryOwner,
    private readonly attempt: Attempt,
  ) {}

  push(chunk: Buffer): void {
    this.held.add(chunk);
    if (this.held.bytes >= MAX_BYTES) this.end();
  }

  end(): void {
    const { owner, attempt } = this;
    const body = this.held.join().subarray(0, MAX_BYTES);
    const { status, headers, target } = attempt;
    const { path } = owner.state.scope.call.endpoint;
    const isAuto = (target.provider.openaiApiMode ?? 'auto') === 'auto' && !target.isVendorOrigin;
    const context = { isAutoResponses: path === 'responses' && isAuto };
    attempt.rejection = body;
    owner.onFailure(attempt, classifyResponse(status!, headers, body, target.secrets, context));
  }
}
