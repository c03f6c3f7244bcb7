import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toRouteResponse } from './dto/route.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutedModel, RoutedProvider } from './engine/model/routed-registry';

/** Characters of all texts together, which are bytes as long as none is beyond Latin-1. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

interface CachedRoute {
  /** Of when the text was written. A changed model is another object, and so are a changed provider's facts. */
  readonly provider: RoutedProvider;
  readonly json: string;
}

/** The JSON of the routes that were answered lately. To write it costs more than to find the route. */
@Injectable()
export class RouteJsonCache {
  private readonly routes = new LRUCache<RoutedModel, CachedRoute>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ json }) => json.length,
  });

  /** A `RouteResponse`. */
  jsonFor(candidate: Candidate): string {
    const { model, provider } = candidate;
    const known = this.routes.get(model);
    if (known !== undefined && known.provider === provider) return known.json;
    const json = JSON.stringify(toRouteResponse(candidate));
    this.routes.set(model, { provider, json });
    return json;
  }
}
