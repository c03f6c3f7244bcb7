import { type ProviderKind } from '../../upstream/base-url';
import { type OpenaiApiMode } from '../../upstream/upstream-target';

/** What routing knows of a provider. Its key is not here, only whether it opens. */
export interface RoutedProvider {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  /** What is called, the vendor's own where none is set. */
  readonly baseUrl: string;
  readonly openaiApiMode: OpenaiApiMode | null;
  readonly advancedJson: Readonly<Record<string, unknown>> | null;
  /** False where the stored API key cannot be decrypted: its models are never candidates. */
  readonly usable: boolean;
}
