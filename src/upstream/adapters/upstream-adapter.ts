import type { Protocol } from '../protocol';
import { type UpstreamTarget } from '../upstream-target';

/** A model as an upstream lists it; what it does not say is absent. */
export interface UpstreamModel {
  readonly id: string;
  /** For a person; the id where the upstream has no other. */
  readonly name: string;
  readonly type?: string;
  /** Tokens. */
  readonly contextLength?: number;
  /** Tokens. */
  readonly maxOutputTokens?: number;
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
}

/** A call that was answered. */
export interface CallOutcome {
  readonly latencyMs: number;
  /** What the endpoint understood. */
  readonly protocol: Protocol;
}

/** One protocol family. Failures are `egress_denied` or an UpstreamError. */
export interface UpstreamAdapter {
  /** Every model once, in the upstream's order. Free of charge. */
  listModels(target: UpstreamTarget): Promise<UpstreamModel[]>;
  /** The cheapest call that proves a model answers. It costs money. A truncated answer is an answer. */
  probeModel(target: UpstreamTarget, model: string): Promise<CallOutcome>;
}
