import { type RoutedModel } from './routed-model';
import { type RoutedProvider } from './routed-provider';

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
