import type { Protocol } from '../protocol';
import { type UpstreamTarget } from '../upstream-target';

/** A model from an upstream's list. Fields that the upstream does not send are absent. */
export interface UpstreamModel {
  readonly id: string;
  /** The display name, or the id if the upstream has none. */
  readonly name: string;
  readonly type?: string;
  /** Tokens. */
  readonly contextLength?: number;
  /** Tokens. */
  readonly maxOutputTokens?: number;
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
}

/** The result of a successful probe request. */
export interface ProbeResult {
  readonly latencyMs: number;
  /** The protocol that the endpoint accepted. */
  readonly protocol: Protocol;
}

/**
 * Calls the upstreams of one protocol family. Methods throw `egress_denied` or an `UpstreamError`. The signal cancels the
 * call, which then throws `upstream_timeout`.
 */
export interface UpstreamAdapter {
  /** Returns each model once, in the upstream's order. The vendor does not charge for this call. */
  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModel[]>;
  /** Sends the cheapest request that proves a model responds. The vendor charges for it. */
  probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult>;
}
