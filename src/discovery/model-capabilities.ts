import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import { FairCache } from '../common/fair-cache';
import { foldedModelKey } from '../common/identity-key';
import type { ProviderKind } from '../upstream/base-url';
import type { OfferedModel } from './describe-models';
import { PriceCatalogue } from './price-catalogue';

/** Characters of the keys and types in all cached lists together. An upstream may send types of any length. */
const MAX_OFFERED = 16_000_000;

/** Characters of all cached keys together. Lookups in the catalogue are slow, and their results never change. */
const MAX_CATALOGUED = 8_000_000;

/** The known capabilities of a model. An unknown one is absent. */
export interface Capabilities {
  readonly type?: string;
  /** Tokens. */
  readonly context_length?: number;
}

/** The provider that serves a model, and its upstream. */
export interface ModelHost {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
}

/** A list of models with the {@link foldedModelKey} of each, and of its other spelling by that key. */
export interface OfferedNames {
  readonly models: readonly OfferedModel[];
  readonly keys: readonly string[];
  readonly otherKeys: ReadonlyMap<string, string>;
}

/** What models can do, from the last list of their upstream, or else from the price catalogue. Makes no requests. */
@Injectable()
export class ModelCapabilities {
  private readonly offered = new FairCache<ReadonlyMap<string, Capabilities>>({
    maxSize: MAX_OFFERED,
    sizeOf: countCharacters,
  });
  private readonly catalogued = new FairCache<Capabilities>({
    maxSize: MAX_CATALOGUED,
    sizeOf: (_known, key) => key.length,
  });

  private readonly lists = new Map<AccountId, number>();

  constructor(private readonly catalogue: PriceCatalogue) {}

  /** Increases with every list from an upstream of the account. */
  versionFor(accountId: AccountId): number {
    return this.lists.get(accountId) ?? 0;
  }

  /**
   * Caches the capabilities in an upstream's list. They no longer apply when the provider's upstream changes.
   */
  remember(accountId: AccountId, host: ModelHost, { models, keys, otherKeys }: OfferedNames): void {
    const known = models.map(({ type, context_length }, index): [string, Capabilities] => [
      keys[index]!,
      {
        ...(type === undefined ? {} : { type }),
        ...(context_length === undefined ? {} : { context_length }),
      },
    ]);
    const others = known.flatMap(([key, found]): [string, Capabilities][] => {
      const other = otherKeys.get(key);
      return other === undefined ? [] : [[other, found]];
    });
    this.offered.set(accountId, upstreamOf(host), new Map([...others, ...known]));
    this.lists.set(accountId, this.versionFor(accountId) + 1);
  }

  find(accountId: AccountId, host: ModelHost, model: string): Capabilities {
    const offered = this.offered.get(accountId, upstreamOf(host));
    return { ...this.fromCatalogue(accountId, host, model), ...offered?.get(foldedModelKey(model)) };
  }

  private fromCatalogue(accountId: AccountId, { kind, baseUrl }: ModelHost, model: string): Capabilities {
    const key = `${kind} ${baseUrl} ${model}`;
    let found = this.catalogued.get(accountId, key);
    if (!found) {
      const length = this.catalogue.contextLength(kind, baseUrl, model);
      found = length === null ? {} : { context_length: length };
      this.catalogued.set(accountId, key, found);
    }
    return found;
  }
}

function countCharacters(models: ReadonlyMap<string, Capabilities>): number {
  let count = 1;
  for (const [key, { type = '' }] of models) count += key.length + type.length;
  return count;
}

function upstreamOf({ id, kind, baseUrl }: ModelHost): string {
  return `${id} ${kind} ${baseUrl}`;
}
