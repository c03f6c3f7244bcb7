import { type ProviderKind } from '../../../upstream/base-url';
import { type Protocol } from '../../../upstream/protocol';
import { type OpenaiApiMode } from '../../../upstream/upstream-target';

/** What routing knows of a provider. Its key is not here, only whether it opens. */
export interface RoutedProvider {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  /** What is called, the vendor's own where none is set. */
  readonly baseUrl: string;
  readonly openaiApiMode: OpenaiApiMode | null;
  /** Undefined where what is stored cannot be read; then it is not usable. */
  readonly advancedJson: Readonly<Record<string, unknown>> | null | undefined;
  /** False where the stored API key cannot be decrypted or the configuration not be read: its models are never candidates. */
  readonly usable: boolean;
}

/** US dollars for 1000 tokens; null is unknown, 0 is free. */
export interface ModelRates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheWrite: number | null;
  readonly cacheRead: number | null;
}

/** What models often have in common, so that they can share it: in a large registry it would be half their weight. */
export interface ModelSettings {
  readonly tags: readonly string[];
  readonly advancedJson: Readonly<Record<string, unknown>>;
  /** What a test has found that the upstream speaks; null where nobody knows. */
  readonly learnedProtocol: Protocol | null;
  readonly multiplier: number;
  readonly rates: ModelRates;
}

/** What routing knows of a model. */
export interface RoutedModel extends ModelSettings {
  readonly id: string;
  readonly providerId: string;
  /** The upstream's name, byte for byte. */
  readonly model: string;
  readonly priority: number;
  readonly isDefault: boolean;
  /** The routing rule as JSON text, `{}` for none: text, because a parsed tree weighs several times as much. */
  readonly whenText: string;
}

/**
 * What differs between two revisions of an account's registry. Rows that are new, or that differ in anything, come
 * whole and once: a default that moved shows in both models.
 */
export interface RegistryChanges {
  readonly providers: readonly RoutedProvider[];
  /** Their models go with them and need not be named. */
  readonly removedProviders: readonly string[];
  readonly models: readonly RoutedModel[];
  readonly removedModels: readonly string[];
}
