import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toRouteResponse } from './dto/route.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutedModel, RoutedProvider } from './engine/model/routed-registry';

/** The limit for all cached texts. A character takes one byte in Latin-1 texts. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The model and the provider of the JSON. Each is a new object after a change. The cache does not retain their table. */
interface CachedRoute {
  readonly model: WeakRef<RoutedModel>;
  readonly provider: WeakRef<RoutedProvider>;
  readonly json: string;
}

/** Caches the JSON of recent routes, because serialising a route takes longer than resolving it. */
@Injectable()
export class RouteJsonCache {
  private readonly routes = new LRUCache<string, CachedRoute>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ json }) => json.length,
  });

  /** Returns the JSON of a `RouteResponse`. */
  jsonFor(candidate: Candidate): string {
    const { model, provider } = candidate;
    const known = this.routes.get(model.id);
    if (known?.model.deref() === model && known.provider.deref() === provider) return known.json;
    const json = JSON.stringify(toRouteResponse(candidate));
    this.routes.set(model.id, { model: new WeakRef(model), provider: new WeakRef(provider), json });
    return json;
  }
}
