import type { ListedPrices } from '../model-list/listed-prices';
import type { Lifecycle } from '../model-list/model-status';
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
  readonly callable?: boolean;
  readonly lifecycle?: Lifecycle;
  /** Whether the upstream says that it is a chat model. */
  readonly chat?: boolean;
  readonly prices?: ListedPrices;
}

/** A list of models as far as it was read. */
export interface UpstreamModels {
  /** Each model once, in the upstream's order. */
  readonly models: readonly UpstreamModel[];
  /** Whether the upstream has more models than these. */
  readonly truncated: boolean;
  /** How many, or null if the upstream does not say. */
  readonly left: number | null;
  /** Entries without a usable id. */
  readonly unreadable: number;
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
  /** Reads the list of models. The vendor does not charge for this call. */
  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModels>;
  /** Sends the cheapest request that proves a model responds. The vendor charges for it. */
  probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult>;
}
