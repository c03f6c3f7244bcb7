import { memberOf } from '../json/find-value';
import { booleanAt, jsonAt } from '../json/read-value';
import type { Span } from '../json/span';
import { DeltaText } from './delta-text';
import { readErrorEvent, readUnknownEvent } from './error-event';
import { type ReportedFailure, reportedFailure } from './reported-failure';
import type { StreamEvent } from './stream-event';
import { type EventMeaning, nameIn, type StreamFacts, usageIn } from './stream-facts';

/** Reads the events of a Responses stream. */
export class ResponsesEvents {
  private readonly deltaText = new DeltaText();

  read(event: StreamEvent, facts: StreamFacts): EventMeaning {
    const type = event.type();
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        // Each of them repeats the whole request, so only the first is read.
        if (facts.responseId === null) readResponse(event, facts);
        return 'preamble';
      case 'response.completed':
      case 'response.incomplete':
        readEnd(event, facts);
        return 'end';
      case 'response.failed':
        facts.failure = readFailure(event, facts);
        return 'failure';
      case 'error':
        return readErrorEvent(event, facts, 'openai');
      case null:
        return readUnknownEvent(event, facts, 'openai');
    }
    if (type.endsWith('.delta'))
      facts.deltaBytes += this.deltaText.bytesIn(event.data, event.dataStart, event.dataEnd);
    return 'content';
  }
}

function readResponse({ data, dataStart, dataEnd }: StreamEvent, facts: StreamFacts): Span | null {
  const response = memberOf(data, dataStart, dataEnd, 'response');
  if (response === null) return null;
  const isFirst = facts.responseId === null;
  facts.responseId = nameIn(data, response, 'id') ?? facts.responseId;
  facts.upstreamModel = nameIn(data, response, 'model') ?? facts.upstreamModel;
  const store = memberOf(data, response.start, response.end, 'store');
  if (isFirst || store !== null)
    facts.isStored = facts.responseId !== null && (store === null || booleanAt(data, store) !== false);
  return response;
}

function readEnd(event: StreamEvent, facts: StreamFacts): Span | null {
  const response = readResponse(event, facts);
  if (response === null) return null;
  facts.usage = usageIn(event.data, response);
  return response;
}

/** A failed response has a usage, too. Its error is `{ code, message }`. */
function readFailure(event: StreamEvent, facts: StreamFacts): ReportedFailure {
  const response = readEnd(event, facts);
  const error = response && memberOf(event.data, response.start, response.end, 'error');
  return reportedFailure({ error: error && jsonAt(event.data, error) }, 'openai');
}
