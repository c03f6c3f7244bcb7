import { isJsonObject, type JsonObject } from '../../common/json-object';
import { memberOf } from '../json/find-value';
import { jsonAt, stringAt } from '../json/read-value';
import type { Span } from '../json/span';
import type { ReportedFailure } from './reported-failure';

/** What the events of a stream say, so far. Bounded, whatever the upstream sends. */
export interface StreamFacts {
  /** An error that the upstream reported. */
  failure: ReportedFailure | null;
  /** The vendor's usage object, or null. */
  usage: JsonObject | null;
  responseId: string | null;
  /** The model in the upstream's words. */
  upstreamModel: string | null;
  /** Bytes of the generated texts, as JSON has them. */
  deltaBytes: number;
  /** Whether the upstream stores the response. Only the Responses API says so. */
  isStored: boolean;
  /** The indexes of the choices that ended. Only chat completions has several. */
  readonly finishedChoices: Set<number>;
  /** Events with data so far, without the terminal one. */
  eventCount: number;
}

/**
 * What an event means to the stream:
 * - `preamble`: no content yet, so another target may still take over
 * - `content`: anything else that the caller gets
 * - `hidden`: not for the caller
 * - `end`: the terminal event
 * - `failure`: an error, which is not for the caller as it is
 */
export type EventMeaning = 'preamble' | 'content' | 'hidden' | 'end' | 'failure';

/** Ids and model names are short. Longer ones are ignored. */
const MAX_NAME_BYTES = 512;
/** The longest usage. A usage lists each iteration of a response with server tools. */
const MAX_USAGE_BYTES = 64 * 1024;

/** Returns a short text, or null if it is absent or empty. */
export function nameAt(bytes: Buffer, span: Span | null | undefined): string | null {
  if (!span || span.end - span.start > MAX_NAME_BYTES) return null;
  return stringAt(bytes, span) || null;
}

/** Returns a short text of an object, or null if it is absent or empty. */
export function nameIn(bytes: Buffer, object: Span, key: string): string | null {
  return nameAt(bytes, memberOf(bytes, object.start, object.end, key));
}

/** Returns the `usage` of a response, or null. */
export function usageIn(bytes: Buffer, response: Span): JsonObject | null {
  const find = (key: string): Span | null => memberOf(bytes, response.start, response.end, key);
  return findUsage(bytes, find('usage'), find('service_tier'));
}

/** Reads a usage object, and adds the service tier that OpenAI states beside it. Returns null if there is none. */
export function findUsage(
  bytes: Buffer,
  usage: Span | null | undefined,
  tier: Span | null | undefined,
): JsonObject | null {
  const json = usage && jsonAt(bytes, usage, MAX_USAGE_BYTES);
  if (!isJsonObject(json)) return null;
  const service_tier = json.service_tier ?? nameAt(bytes, tier);
  return service_tier === null ? json : { ...json, service_tier };
}
