import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toRouteResponse } from './dto/route.response.dto';
import type { Candidate } from './engine/model/candidate';
import type { RoutedModel, RoutedProvider } from './engine/model/routed-registry';

/** Characters of all texts together, which are bytes as long as none is beyond Latin-1. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

interface RouteText {
  /** Of when the text was written. A changed model is another object, and so are a changed provider's facts. */
  readonly provider: RoutedProvider;
  readonly text: string;
}

/** The JSON of the routes that were answered lately. To write it costs more than to find the route. */
@Injectable()
export class RouteJsonCache {
  private readonly texts = new LRUCache<RoutedModel, RouteText>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ text }) => text.length,
  });

  /** A `RouteResponse`. */
  jsonFor(candidate: Candidate): string {
    const { model, provider } = candidate;
    const known = this.texts.get(model);
    if (known !== undefined && known.provider === provider) return known.text;
    const text = JSON.stringify(toRouteResponse(candidate));
    this.texts.set(model, { provider, text });
    return text;
  }
}
