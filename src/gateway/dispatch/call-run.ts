import { Logger } from '@nestjs/common';
import { ErrorEntry } from '../../observability/error-entry';
import type { AttemptOutcome } from '../../usage/usage-record';
import type { LeaveReason } from '../call/caller-response';
import type { GatewayError } from '../dialect/gateway-error';
import { toGatewayError } from '../dialect/to-gateway-error';
import { classifyTransport } from '../failure/classify-transport';
import type { Failure } from '../failure/failure';
import type { Repair } from '../failure/repairs';
import type { ReportedFailure } from '../stream/reported-failure';
import type { GatewayTarget } from '../target/gateway-target';
import { Attempt, type AttemptOwner, type Delivery } from './attempt';
import { attemptDeadlines } from './attempt-deadlines';
import { AttemptSequence, type SequenceOwner } from './attempt-sequence';
import { CallRecorder } from './call-recorder';
import type { CallState } from './call-state';
import { concludeCall } from './conclude-call';
import { createDelivery } from './create-delivery';
import type { DeliveryOwner } from './delivery-owner';
import type { DispatchServices } from './dispatch-services';
import { Heartbeat } from './heartbeat';
import { openAttempt } from './open-attempt';
import type { OpenCall } from './open-calls';
import { responseHeaders } from './response-headers';
import { sendBreak, sendGatewayError } from './send-failure';
import type { TargetChooser } from './target-chooser';

const logger = new Logger('Gateway');

/**
 * One call from its first attempt to its end. At most one attempt is open at any time. Each attempt is recorded exactly
 * once, and the response ends exactly once.
 */
export class CallRun implements AttemptOwner, DeliveryOwner, SequenceOwner, OpenCall {
  place = -1;
  private attempt: Attempt | null = null;
  private lastTarget: GatewayTarget | null = null;
  private storedId: string | null = null;
  private isEnded = false;
  private hasDrainListener = false;
  private readonly recorder: CallRecorder;
  private readonly heartbeat: Heartbeat;
  private readonly sequence: AttemptSequence;

  constructor(
    readonly state: CallState,
    private readonly chooser: TargetChooser,
    private readonly services: DispatchServices,
  ) {
    this.recorder = new CallRecorder(state, services);
    this.sequence = new AttemptSequence(this, state, chooser, services);
    this.heartbeat = new Heartbeat(state, services.config.gateway.heartbeatMs);
  }

  start(): void {
    this.services.openCalls.add(this);
    this.state.scope.call.response.onLeave((reason) => this.onLeave(reason));
    if (!this.isEnded) this.sequence.start();
  }

  tick(now: number): void {
    if (!this.isEnded) this.heartbeat.tick(now);
  }

  receive(attempt: Attempt): Delivery {
    return createDelivery(this, attempt);
  }

  commit(attempt: Attempt): void {
    const { call } = this.state.scope;
    this.state.isCommitted = true;
    attempt.msFirstContent = attempt.elapsedMs;
    call.facts.msFirstContent = performance.now() - call.startedAt;
    call.releaseBody();
    this.services.health.recordSuccess(attempt.target);
    if (!call.response.hasStarted)
      call.response.start(attempt.status!, responseHeaders(this.state, attempt, null));
  }

  write(attempt: Attempt, chunk: Buffer): void {
    const { response } = this.state.scope.call;
    if (response.write(chunk)) return;
    this.heartbeat.isBlocked = true;
    attempt.pause();
    if (this.hasDrainListener) return;
    this.hasDrainListener = true;
    response.onDrain(() => {
      this.heartbeat.isBlocked = false;
      this.attempt?.resume();
    });
  }

  storeResponse({ target }: Attempt, responseId: string): void {
    const { accountId, tokenId } = this.state.scope.call.caller;
    this.storedId = responseId;
    this.services.ledger.storeResponse({
      accountId,
      responseId,
      providerId: target.provider.id,
      modelId: target.model.id,
      tokenId,
    });
  }

  complete(attempt: Attempt, lastBytes: number, sendLast: (outcome: AttemptOutcome) => void): void {
    if (!this.end()) return;
    attempt.finish();
    attempt.lastBytes = lastBytes;
    this.noteSuccess(attempt);
    const stored = this.storedId === null ? null : this.services.ledger.whenResponsesStored(this.storedId);
    this.recorder.recordLast(attempt, 'ok', null, (outcome) => {
      if (stored === null) this.guard(() => sendLast(outcome));
      else void stored.then(() => this.guard(() => sendLast(outcome)));
    });
  }

  onTransportError(attempt: Attempt, error: Error): void {
    this.onFailure(attempt, classifyTransport(error, this.services.config.egressMode === 'strict'));
  }

  onFailure(attempt: Attempt, failure: Failure, reported: ReportedFailure | null = null): void {
    if (this.isEnded || attempt.isOver) return;
    attempt.abort();
    this.attempt = null;
    this.state.scope.call.holdBytes(0);
    const { health, metrics } = this.services;
    // A caller with a short timeout must not open the breaker for all others.
    if (this.isCallersTimeout(failure)) health.release(attempt.target);
    else health.recordFailure(attempt.target, failure);
    metrics.countAttempt(failure.kind);
    this.state.addFailure(attempt, failure);
    if (this.state.isCommitted) {
      this.end();
      const status = reported === null ? 'truncated' : 'error';
      return this.recorder.recordLast(attempt, status, failure.code, () =>
        this.guard(() => sendBreak(this.state, attempt, failure, reported)),
      );
    }
    this.recorder.hold(attempt, failure);
    this.sequence.continueAfter(attempt, failure);
  }

  onCrash(error: unknown): void {
    const { call } = this.state.scope;
    const shown = toGatewayError(error);
    const isUnexpected = shown.details.cause !== undefined;
    if (isUnexpected) logger.error(new ErrorEntry('unexpected error', error, call.requestId));
    if (this.isEnded) call.response.abort();
    // Rules that take too long end the search for fallbacks. The failures before are more useful to the caller.
    else if (!isUnexpected && this.state.failures.length > 0) this.conclude();
    else this.endWith(shown);
  }

  open(target: GatewayTarget, repairs: readonly Repair[], now: number): void {
    const { state } = this;
    const { ledger, pools, metrics } = this.services;
    const { isStream } = state.scope.requested;
    const hasFallback = isStream && this.chooser.seekFallback();
    const deadlines = attemptDeadlines(target.settings, isStream, hasFallback, state.callerDeadline - now);
    if (state.attempts > 0 && target !== this.lastTarget)
      metrics.countFailover(state.scope.call.endpoint.path);
    this.lastTarget = target;
    state.attempts += 1;
    const opened = openAttempt(state, target, repairs, deadlines);
    this.recorder.recordHeld();
    ledger.intend(opened.intent);
    this.attempt = new Attempt(this, target, opened, now);
    this.attempt.start(pools.call(opened.request, this.attempt));
  }

  /** Ends the call after its last attempt, or without any. */
  conclude(): void {
    if (this.isEnded) return;
    const { status, httpStatus, errorCode, send } = concludeCall(this.state, this.chooser);
    const { facts } = this.state.scope.call;
    this.end();
    this.recorder.recordEnd(status, httpStatus, errorCode, () => this.guard(send));
    facts.attempts = this.state.attempts;
    if (errorCode !== null) facts.errorCode = errorCode;
  }

  endWith(error: GatewayError): void {
    if (!this.end()) return;
    const { attempt, state } = this;
    const send = (): void => this.guard(() => sendGatewayError(state, error, attempt));
    if (attempt === null)
      return this.recorder.recordEnd(
        'error',
        error.statusFor(state.scope.call.endpoint.dialect),
        error.code,
        send,
      );
    this.abandon(attempt);
    this.recorder.recordLast(attempt, 'error', error.code, send);
  }

  private noteSuccess(attempt: Attempt): void {
    const { health, learned, metrics, affinity } = this.services;
    const { call, requested } = this.state.scope;
    const { target } = attempt;
    if (!this.state.isCommitted) health.recordSuccess(target);
    metrics.countAttempt('ok');
    this.state.addSuccess(attempt);
    for (const repair of attempt.opened.repairs) learned.learn(target, call.endpoint.protocol, repair);
    if (requested.session !== null && target.model.id !== this.chooser.first?.model.id)
      affinity.remember(call.caller.accountId, call.caller.tokenId, requested.session, target.model.id);
  }

  private isCallersTimeout({ code }: Failure): boolean {
    const { isCommitted, callerDeadline } = this.state;
    return code === 'upstream_timeout' && !isCommitted && performance.now() >= callerDeadline;
  }

  private onLeave(reason: LeaveReason): void {
    if (!this.end()) return;
    const { attempt } = this;
    const done = (): void => undefined;
    this.state.scope.call.facts.errorCode = reason;
    if (attempt === null) return this.recorder.recordEnd('client_closed', null, reason, done);
    this.abandon(attempt);
    this.recorder.recordLast(attempt, 'client_closed', reason, done);
  }

  private abandon(attempt: Attempt): void {
    attempt.abort();
    this.services.health.release(attempt.target);
  }

  /** Returns false if the call has ended already. */
  private end(): boolean {
    if (this.isEnded) return false;
    this.isEnded = true;
    this.sequence.stop();
    this.services.openCalls.delete(this);
    return true;
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onCrash(error);
    }
  }
}
