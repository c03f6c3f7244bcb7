import type { Failure } from '../failure/failure';
import { POLICIES } from '../failure/failure-policy';
import { findRepair, type Repair } from '../failure/repairs';
import type { GatewayTarget } from '../target/gateway-target';
import type { Attempt } from './attempt';
import type { AttemptBudget } from './attempt-budget';
import type { CallState } from './call-state';
import { createBudget } from './create-budget';
import type { DispatchServices } from './dispatch-services';
import { sentFacts } from './sent-facts';
import type { TargetChooser } from './target-chooser';

/** What a sequence asks of its call. */
export interface SequenceOwner {
  /** Sends the next attempt. Health has counted its beginning already. */
  open(target: GatewayTarget, repairs: readonly Repair[], now: number): void;
  /** No attempt follows. */
  conclude(): void;
  /** Caret itself threw an exception. */
  onCrash(error: unknown): void;
}

type Services = Pick<DispatchServices, 'config' | 'learned' | 'health'>;

/** Decides what follows: another attempt, a wait, or the end of the call. */
export class AttemptSequence {
  private budget: AttemptBudget | null = null;
  private repairs: readonly Repair[] = [];
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(
    private readonly owner: SequenceOwner,
    private readonly state: CallState,
    private readonly chooser: TargetChooser,
    private readonly services: Services,
  ) {}

  start(): void {
    this.proceed();
  }

  /** Lets no further attempt begin. */
  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Repeats a failed attempt without what was rejected, goes on with the next target, or ends the call. */
  continueAfter(attempt: Attempt, failure: Failure): void {
    const { target } = attempt;
    const now = performance.now();
    const repair = findRepair(failure, sentFacts(this.state, attempt, this.services.config.gateway));
    if (repair !== null && this.budget!.takeRepair(now)) {
      this.repairs = [...this.repairs, repair];
      this.services.health.beginAttempt(target);
      return this.owner.open(target, this.repairs, now);
    }
    const { sameTarget, nextTarget } = POLICIES[failure.kind];
    const seeksContext =
      failure.kind === 'context_length' && this.state.scope.call.options.failover === 'context_length';
    if (seeksContext) this.chooser.requireLargerContext(target);
    if (sameTarget === 'no') this.chooser.forbidRepeat();
    else this.chooser.allowRepeat(target, now);
    if (nextTarget || seeksContext) this.advance(now);
    else this.owner.conclude();
  }

  /** Goes on after a wait. */
  private proceed(): void {
    this.timer = null;
    if (this.isStopped) return;
    try {
      this.advance(performance.now());
    } catch (error) {
      this.owner.onCrash(error);
    }
  }

  private advance(now: number): void {
    if (this.budget?.hasAttempt(now) === false) return this.owner.conclude();
    const decision = this.chooser.decide(now);
    switch (decision.kind) {
      case 'try':
        return this.tryTarget(decision.target, now);
      case 'open':
        return void decision.ready.then(() => this.proceed());
      case 'wait':
        if (this.budget?.hasAttempt(now + decision.ms) === false) return this.owner.conclude();
        this.timer = setTimeout(() => this.proceed(), decision.ms);
        return;
      case 'none':
        this.owner.conclude();
    }
  }

  private tryTarget(target: GatewayTarget, now: number): void {
    const { learned, health, config } = this.services;
    this.budget ??= createBudget(this.state, target, config.gateway);
    if (!this.budget.takeAttempt(now)) {
      health.release(target);
      return this.owner.conclude();
    }
    this.repairs = learned.of(target, this.state.scope.call.endpoint.protocol);
    this.owner.open(target, this.repairs, now);
  }
}
