import type { Rates } from '../../pricing/rate-table';
import type { RoutedModel, RoutedProvider } from '../../routing/engine/model/routed-registry';
import type { ProviderKind } from '../../upstream/base-url';
import type { EndpointPath } from '../dialect/endpoint';

/** Everything that a call of one model needs, with the key in plain text. Cached, and never logged. */
export interface GatewayTarget {
  readonly provider: RoutedProvider;
  readonly model: RoutedModel;
  readonly kind: ProviderKind;
  /** `provider^model`. */
  readonly selector: string;
  readonly origin: string;
  /** Whether the origin is the vendor's own: api.openai.com or api.anthropic.com. */
  readonly isVendorOrigin: boolean;
  /**
   * Credential, `extra_headers`, `user-agent` and `accept-encoding`: names in lower case and values in turns. Without
   * `anthropic-version`.
   */
  readonly headers: readonly string[];
  /** The names in `headers`. A call sets no second header of these names. */
  readonly headerNames: ReadonlySet<string>;
  /** Names of `forward_headers`, exact or `prefix-*`, in lower case. */
  readonly forwardHeaders: readonly string[];
  /** `anthropic_version` of `advanced_json`, or null. */
  readonly anthropicVersion: string | null;
  /** Default parameters of the merged `advanced_json`: name and value as JSON text. */
  readonly defaults: readonly (readonly [name: string, json: string])[];
  readonly settings: TargetSettings;
  readonly rates: Rates;
  /** What no text for a caller or a log may repeat. */
  readonly secrets: readonly string[];
  /** Path and query of an endpoint, with `extra_query`. */
  pathOf(endpoint: EndpointPath, isBeta: boolean): string;
}

/** Reserved keys of `advanced_json` that the gateway reads. Null means the default. */
export interface TargetSettings {
  readonly timeoutMs: number | null;
  readonly firstByteTimeoutMs: number | null;
  readonly idleTimeoutMs: number | null;
  readonly maxAttempts: number | null;
  readonly responseModel: 'requested' | 'upstream' | null;
  /** False if `stream_usage` is `off`. */
  readonly mayAskForUsage: boolean;
  readonly contextLength: number | null;
}
