import { hasBytes } from '../json/has-bytes';
import { ChatChunk } from './chat-chunk';
import { readErrorEvent, readUnknownEvent } from './error-event';
import type { StreamEvent } from './stream-event';
import { type EventMeaning, nameIn, type StreamFacts, usageIn } from './stream-facts';

/** More choices than any API returns are not counted. */
const MAX_CHOICES = 128;
/** Azure's first chunk has an empty id. */
const MAX_START_EVENTS = 3;

/** Reads the events of a chat completions stream. */
export class ChatEvents {
  private readonly chunk = new ChatChunk();

  /** @param hidesUsage whether a chunk with usage and no choices is not for the caller, who did not ask for it */
  constructor(private readonly hidesUsage: boolean) {}

  read(event: StreamEvent, facts: StreamFacts): EventMeaning {
    const { chunk } = this;
    const { data, dataStart, dataEnd } = event;
    if (hasBytes(data, dataStart, dataEnd, '[DONE]')) return facts.eventCount === 0 ? 'hidden' : 'end';
    if (event.name() === 'error') return readErrorEvent(event, facts, 'openai');
    chunk.read(data, dataStart, dataEnd);
    if (chunk.hasError) return readErrorEvent(event, facts, 'openai');
    if (facts.responseId === null && facts.eventCount < MAX_START_EVENTS) readStart(event, facts);
    const hasUsage = chunk.usageStart !== -1;
    if (hasUsage) facts.usage = usageIn(data, { start: dataStart, end: dataEnd }) ?? facts.usage;
    if (!chunk.hasChoices && !hasUsage) return readUnknownEvent(event, facts, 'openai');
    if (!chunk.hasChoice) return hasUsage && this.hidesUsage ? 'hidden' : 'preamble';
    facts.deltaBytes += chunk.deltaBytes;
    for (const index of chunk.finishedChoices) if (index < MAX_CHOICES) facts.finishedChoices.add(index);
    return chunk.deltaBytes > 0 || chunk.finishedChoices.length > 0 ? 'content' : 'preamble';
  }
}

function readStart({ data, dataStart, dataEnd }: StreamEvent, facts: StreamFacts): void {
  const chunk = { start: dataStart, end: dataEnd };
  facts.responseId = nameIn(data, chunk, 'id');
  facts.upstreamModel = nameIn(data, chunk, 'model') ?? facts.upstreamModel;
}
