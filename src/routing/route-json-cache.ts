import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toRouteResponse } from './dto/route.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutedModel, RoutedProvider } from './engine/model/routed-registry';

/** The limit for all cached texts. A character takes one byte in Latin-1 texts. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

interface CachedRoute {
  /** The provider when the JSON was written. A changed model or provider is a new object. */
  readonly provider: RoutedProvider;
  readonly json: string;
}

/** Caches the JSON of recent routes, because serialising a route takes longer than resolving it. */
@Injectable()
export class RouteJsonCache {
  private readonly routes = new LRUCache<RoutedModel, CachedRoute>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ json }) => json.length,
  });

  /** Returns the JSON of a `RouteResponse`. */
  jsonFor(candidate: Candidate): string {
    const { model, provider } = candidate;
    const known = this.routes.get(model);
    if (known !== undefined && known.provider === provider) return known.json;
    const json = JSON.stringify(toRouteResponse(candidate));
    this.routes.set(model, { provider, json });
    return json;
  }
}
