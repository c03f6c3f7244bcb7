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
  /** Why each choice ended, in the vendor's words, by the index of the choice. */
  readonly finishReasons: Map<number, string>;
  /** Events with data so far. */
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

/** Returns a short text of an object, or null if it is absent or empty. */
export function nameAt(bytes: Buffer, object: Span, key: string): string | null {
  const span = memberOf(bytes, object.start, object.end, key);
  if (span === null || span.end - span.start > MAX_NAME_BYTES) return null;
  return stringAt(bytes, span) || null;
}

/** Returns the `usage` of a response, with the service tier that OpenAI states beside it. Returns null if there is none. */
export function usageAt(bytes: Buffer, response: Span): JsonObject | null {
  const span = memberOf(bytes, response.start, response.end, 'usage');
  const usage = span && jsonAt(bytes, span, MAX_USAGE_BYTES);
  if (!isJsonObject(usage)) return null;
  const service_tier = usage.service_tier ?? nameAt(bytes, response, 'service_tier');
  return service_tier === null ? usage : { ...usage, service_tier };
}
