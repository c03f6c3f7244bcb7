import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { foldedModelKey } from '../common/identity-key';
import type { ProviderKind } from '../upstream/base-url';
import type { OfferedModel } from './describe-models';
import { PriceCatalogue } from './price-catalogue';

/** Models of all providers whose lists are remembered. */
const MAX_OFFERED = 200_000;

/** A look-up in the catalogue takes some 50 µs, and its answer does not change. In characters of the keys. */
const MAX_CATALOGUED = 8_000_000;

/** What is known of a model; what is not is absent. */
export interface Capabilities {
  readonly type?: string;
  /** Tokens. */
  readonly context_length?: number;
}

/** Whom a model is asked from. */
export interface ModelHost {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
}

/** What models can do: as their upstream last said here, else as the price catalogue says. Nothing is asked for it. */
@Injectable()
export class ModelCapabilities {
  private readonly offered = new LRUCache<string, ReadonlyMap<string, Capabilities>>({
    maxSize: MAX_OFFERED,
    sizeCalculation: (models) => models.size + 1,
  });
  private readonly catalogued = new LRUCache<string, Capabilities>({
    maxSize: MAX_CATALOGUED,
    sizeCalculation: (_known, key) => key.length,
  });

  private remembered = 0;

  constructor(private readonly catalogue: PriceCatalogue) {}

  /** Another number whenever an upstream has said something. */
  get version(): number {
    return this.remembered;
  }

  /** Keeps what an upstream said of its models, for as long as the provider stands for that upstream. */
  remember(host: ModelHost, models: readonly OfferedModel[]): void {
    const known = models.map(({ id, type, context_length }): [string, Capabilities] => [
      foldedModelKey(id),
      {
        ...(type === undefined ? {} : { type }),
        ...(context_length === undefined ? {} : { context_length }),
      },
    ]);
    this.offered.set(upstreamOf(host), new Map(known));
    this.remembered += 1;
  }

  of(host: ModelHost, model: string): Capabilities {
    const offered = this.offered.get(upstreamOf(host));
    return { ...this.fromCatalogue(host, model), ...offered?.get(foldedModelKey(model)) };
  }

  private fromCatalogue({ kind, baseUrl }: ModelHost, model: string): Capabilities {
    const key = `${kind} ${baseUrl} ${model}`;
    let found = this.catalogued.get(key);
    if (!found) {
      const length = this.catalogue.contextLength(kind, baseUrl, model);
      found = length === null ? {} : { context_length: length };
      this.catalogued.set(key, found);
    }
    return found;
  }
}

function upstreamOf({ id, kind, baseUrl }: ModelHost): string {
  return `${id} ${kind} ${baseUrl}`;
}
