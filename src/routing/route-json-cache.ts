import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toRouteResponse } from './dto/route.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutedModel, RoutedProvider } from './engine/model/routed-registry';

/** The limit for all cached texts, in UTF-8. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The JSON of a `RouteResponse`. */
export interface RouteJson {
  readonly text: string;
  /** Its size in UTF-8. */
  readonly bytes: number;
}

/** The model and the provider of the JSON. Each is a new object after a change. The cache does not retain their table. */
interface CachedRoute extends RouteJson {
  readonly model: WeakRef<RoutedModel>;
  readonly provider: WeakRef<RoutedProvider>;
}

/** Caches the JSON of recent routes, because serialising a route takes longer than resolving it. */
@Injectable()
export class RouteJsonCache {
  private readonly routes = new LRUCache<string, CachedRoute>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });

  jsonFor(candidate: Candidate): RouteJson {
    const { model, provider } = candidate;
    const known = this.routes.get(model.id);
    if (known?.model.deref() === model && known.provider.deref() === provider) return known;
    const text = JSON.stringify(toRouteResponse(candidate));
    const bytes = Buffer.byteLength(text);
    const route = { text, bytes, model: new WeakRef(model), provider: new WeakRef(provider) };
    this.routes.set(model.id, route);
    return route;
  }
}
