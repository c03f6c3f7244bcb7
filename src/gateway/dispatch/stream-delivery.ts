import type { Protocol } from '../../upstream/protocol';
import { classifyStreamFailure } from '../failure/classify-response';
import { createFailure } from '../failure/failure';
import { reportComment } from '../stream/stream-error';
import { StreamReception } from '../stream/stream-reception';
import type { Attempt, Delivery } from './attempt';
import { streamReport } from './call-report';
import type { DeliveryOwner } from './delivery-owner';
import { HoldCounter } from './hold-counter';

/** Delivers a stream: holds its preamble, then passes each chunk on. Its terminal event waits for the ledger. */
export class StreamDelivery implements Delivery {
  readonly reception: StreamReception;
  private readonly counter: HoldCounter;
  private isStored = false;

  /** @param model replaces the upstream's name of the model, or null */
  constructor(
    private readonly owner: DeliveryOwner,
    private readonly attempt: Attempt,
    protocol: Protocol,
    model: string | null,
  ) {
    const { call, requested } = owner.state.scope;
    this.counter = new HoldCounter(call);
    this.reception = new StreamReception(protocol, {
      choices: requested.choices,
      hidesUsage: attempt.opened.insertedUsage,
      model,
    });
  }

  get usage(): unknown {
    return this.reception.usage;
  }

  get outputBytes(): number {
    return this.reception.deltaBytes;
  }

  get responseId(): string | null {
    return this.reception.responseId;
  }

  push(chunk: Buffer): void {
    this.reception.push(chunk);
    this.flush();
    const { attempt, reception } = this;
    if (!attempt.isOver && !this.counter.set(reception.heldBytes))
      this.owner.onFailure(attempt, createFailure('no_memory', { status: 200 }));
  }

  end(): void {
    this.reception.end();
    this.flush();
    if (this.reception.isTruncated)
      this.owner.onFailure(this.attempt, createFailure('upstream_truncated', { status: 200 }));
  }

  private flush(): void {
    const { owner, attempt, reception } = this;
    const ready = reception.take();
    if (ready.length > 0 && !owner.state.isCommitted) owner.commit(attempt);
    const { isComplete } = reception;
    const written = isComplete ? ready.slice(0, -1) : ready;
    if (written.length > 0) owner.write(attempt, written.length === 1 ? written[0]! : Buffer.concat(written));
    if (reception.isStored && !this.isStored && reception.responseId !== null) {
      this.isStored = true;
      owner.storeResponse(attempt, reception.responseId);
    }
    const { failure } = reception;
    if (isComplete) this.complete(ready.at(-1)!);
    else if (failure !== null) {
      owner.onFailure(attempt, classifyStreamFailure(failure, attempt.target.secrets), failure);
    } else if (reception.isInvalid) {
      owner.onFailure(attempt, createFailure('upstream_invalid_response', { status: 200 }));
    }
  }

  private complete(terminal: Buffer): void {
    const { owner, attempt } = this;
    const { options, response } = owner.state.scope.call;
    owner.complete(attempt, terminal.length, (outcome) => {
      if (options.report) response.write(reportComment(streamReport(owner.state, attempt, outcome)));
      response.end(terminal);
    });
  }
}
