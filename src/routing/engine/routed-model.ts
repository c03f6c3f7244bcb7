import { type Protocol } from '../../upstream/protocol';

/** US dollars for 1000 tokens; null is unknown, 0 is free. */
export interface ModelRates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheWrite: number | null;
  readonly cacheRead: number | null;
}

/** What routing knows of a model. */
export interface RoutedModel {
  readonly id: string;
  readonly providerId: string;
  /** The upstream's name, byte for byte. */
  readonly model: string;
  readonly priority: number;
  readonly isDefault: boolean;
  readonly tags: readonly string[];
  /** The routing rule as JSON text, `{}` for none: text, because a parsed tree weighs several times as much. */
  readonly whenText: string;
  readonly advancedJson: Readonly<Record<string, unknown>>;
  /** What a test has found that the upstream speaks; null where nobody knows. */
  readonly learnedProtocol: Protocol | null;
  readonly multiplier: number;
  readonly rates: ModelRates;
}
