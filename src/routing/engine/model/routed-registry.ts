import { type TokenRates } from '../../../pricing/rate-table';
import { type ProviderKind } from '../../../upstream/base-url';
import { type Protocol } from '../../../upstream/protocol';
import { type OpenaiApiMode } from '../../../upstream/upstream-target';

/** The secret headers of a row's `advanced_json`, sealed as one text. Bound to the row and the version. */
export interface RoutedHeaders {
  readonly text: string;
  readonly version: number;
}

/** A provider as routing and calls see it. Its secrets are sealed. */
export interface RoutedProvider {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  /** The effective base URL: the vendor's own if none is set. */
  readonly baseUrl: string;
  readonly openaiApiMode: OpenaiApiMode | null;
  /** What tests of its models found about the endpoint, or null. */
  readonly learnedProtocol: Protocol | null;
  /**
   * `advanced_json` as text, because a parsed object may use 20 times the memory. Null if the stored value is corrupt; the
   * provider is then not usable.
   */
  readonly advancedText: string | null;
  /** Sealed, so that calls of its models need no database. */
  readonly sealedApiKey: string;
  /** The version that the sealed key is bound to. */
  readonly secretVersion: number;
  readonly sealedHeaders: RoutedHeaders | null;
  /** False if the provider is switched off. Its models are then never candidates. */
  readonly enabled: boolean;
  /** False if the API key cannot be decrypted or `advanced_json` is corrupt. Its models are then never candidates. */
  readonly usable: boolean;
}

/** Whether a change of a provider moves its models between the indexes of candidates and of others. */
export function movesModels(before: RoutedProvider, after: RoutedProvider): boolean {
  return before.usable !== after.usable || before.enabled !== after.enabled;
}

/** Settings that models often have in common, so they share one object to save memory. */
export interface ModelSettings {
  /** False if the model is switched off. It is then never a candidate. */
  readonly enabled: boolean;
  /** Other names that select the model. Each differs from all names of the provider's models, ignoring case. */
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  /** `advanced_json` as text, to save memory. */
  readonly advancedText: string;
  /** Its own secret headers, or null for none. */
  readonly sealedHeaders: RoutedHeaders | null;
  /** The protocol that a model test found, or null if unknown. */
  readonly learnedProtocol: Protocol | null;
  readonly multiplier: number;
  readonly rates: TokenRates;
  /** The price sheet as text, or null for none. */
  readonly pricingText: string | null;
}

/** A model as routing sees it. */
export interface RoutedModel extends ModelSettings {
  readonly id: string;
  readonly providerId: string;
  /** The upstream's name of the model, byte for byte. */
  readonly model: string;
  readonly priority: number;
  readonly isDefault: boolean;
  /** The routing rule as JSON text, `{}` for none. Text uses less memory than a parsed tree. */
  readonly whenText: string;
}

/** The maximum number of models that a table in use changes together, which it does without a pause. */
export const MAX_CHANGED_MODELS = 1000;

/**
 * The difference between two revisions of an account's registry. Contains each new or changed row once, as a whole. A
 * moved default changes two models.
 */
export interface RegistryChanges {
  readonly providers: readonly RoutedProvider[];
  /** Also removes their models, which need not be listed. */
  readonly removedProviders: readonly string[];
  readonly models: readonly RoutedModel[];
  readonly removedModels: readonly string[];
}
