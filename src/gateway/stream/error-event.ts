import { isJsonObject } from '../../common/json-object';
import { reportsError } from '../../upstream/error-body';
import type { Dialect } from '../dialect/endpoint';
import { hasBytes } from '../json/has-bytes';
import { jsonAt } from '../json/read-value';
import { MAX_ERROR_BYTES, reportedFailure } from './reported-failure';
import type { StreamEvent } from './stream-event';
import type { EventMeaning, StreamFacts } from './stream-facts';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Reads an event that is known to be an error. Its data may also be plain words. */
export function readErrorEvent(event: StreamEvent, facts: StreamFacts, dialect: Dialect): 'failure' {
  const { data, dataStart, dataEnd } = event;
  const json = jsonAt(data, { start: dataStart, end: dataEnd }, MAX_ERROR_BYTES);
  const words = (): string =>
    data.toString('utf8', dataStart, Math.min(dataEnd, dataStart + MAX_ERROR_BYTES));
  facts.failure = reportedFailure(json ?? { message: words() }, dialect);
  return 'failure';
}

/**
 * Reads an event of no known type. Only the first event of a stream is an error because it has words and no result: a later
 * one may be a vendor's own status message.
 */
export function readUnknownEvent(event: StreamEvent, facts: StreamFacts, dialect: Dialect): EventMeaning {
  const { data, dataStart, dataEnd } = event;
  // Words are no content. They are held in case an error follows.
  if (hasBytes(data, dataStart, dataEnd, '[DONE]')) return 'preamble';
  if (data[dataStart] !== OPEN_BRACE && data[dataStart] !== OPEN_BRACKET) return 'preamble';
  const json = jsonAt(data, { start: dataStart, end: dataEnd }, MAX_ERROR_BYTES);
  const isError =
    facts.eventCount === 0 ? reportsError(json) : isJsonObject(json) && isJsonObject(json.error);
  if (!isError) return 'content';
  facts.failure = reportedFailure(json, dialect);
  return 'failure';
}
