import type { JsonObject } from '../../common/json-object';
import { memberOf, pathOf } from '../json/find-value';
import { DeltaText } from './delta-text';
import { readErrorEvent, readUnknownEvent } from './error-event';
import type { StreamEvent } from './stream-event';
import { type EventMeaning, nameIn, type StreamFacts, usageIn } from './stream-facts';

/** Members of a merged usage. Anthropic's has about ten. */
const MAX_USAGE_MEMBERS = 100;

/** Reads the events of a Messages stream. */
export class MessagesEvents {
  private readonly deltaText = new DeltaText();

  read(event: StreamEvent, facts: StreamFacts): EventMeaning {
    switch (event.type()) {
      case 'content_block_delta':
        facts.deltaBytes += this.deltaText.bytesIn(event.data, event.dataStart, event.dataEnd);
        return 'content';
      case 'ping':
        return 'preamble';
      case 'message_start':
        return readStart(event, facts);
      case 'message_delta':
        facts.usage = mergeUsage(
          facts.usage,
          usageIn(event.data, { start: event.dataStart, end: event.dataEnd }),
        );
        return 'content';
      case 'message_stop':
        return 'end';
      case 'error':
        return readErrorEvent(event, facts, 'anthropic');
      case null:
        return readUnknownEvent(event, facts, 'anthropic');
      default:
        return 'content';
    }
  }
}

/** Reads the start of a message. Its content is empty, except that of some compatible servers. */
function readStart(event: StreamEvent, facts: StreamFacts): EventMeaning {
  const { data } = event;
  const message = memberOf(data, event.dataStart, event.dataEnd, 'message');
  if (message === null) return 'preamble';
  facts.responseId = nameIn(data, message, 'id');
  facts.upstreamModel = nameIn(data, message, 'model');
  facts.usage = mergeUsage(facts.usage, usageIn(data, message));
  const model = memberOf(data, message.start, message.end, 'model');
  if (model !== null) event.replace(model);
  return pathOf(data, message, 'content', 0) === null ? 'preamble' : 'content';
}

/** The later usage wins for each member that it has. */
function mergeUsage(usage: JsonObject | null, later: JsonObject | null): JsonObject | null {
  if (usage === null || later === null) return later ?? usage;
  const members = new Map(Object.entries(usage));
  for (const [name, value] of Object.entries(later)) {
    if (value !== null && (members.has(name) || members.size < MAX_USAGE_MEMBERS)) members.set(name, value);
  }
  return Object.fromEntries(members);
}
