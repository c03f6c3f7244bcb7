import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from './json';
import type { PromptCache, Usage } from './prompt-cache';
import type { SealedTexts } from './sealed-texts';

/** One request of an accepted key, for the folder of its protocol. */
export interface StrictCall {
  readonly body: Json;
  readonly headers: IncomingHttpHeaders;
  /** Counts requests from 1, so that ids are unique. */
  readonly serial: number;
  readonly state: StrictState;
}

/** What the upstream remembers between requests. */
export interface StrictState {
  readonly cache: PromptCache;
  readonly seals: SealedTexts;
  /** Items of stored responses, input and output, by the response's id. */
  readonly responses: Map<string, readonly Json[]>;
}

/** A part of a stream. */
export interface StrictEvent {
  readonly text: string;
  /** Tokens of output that this event generates, for the bill of a stream that ends early. */
  readonly tokens: number;
}

/** What a protocol returns: a body, or the events of a stream. */
export interface StrictReply {
  readonly usage: Usage;
  readonly body?: Json;
  readonly events?: readonly StrictEvent[];
}
