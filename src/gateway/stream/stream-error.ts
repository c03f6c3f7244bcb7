import { timeOfId } from '../../common/ids';
import type { Protocol } from '../../upstream/protocol';
import { pathOf } from '../json/find-value';
import { StreamEvent } from './stream-event';

/** An error in the words for the caller. */
export interface StreamError {
  readonly message: string;
  readonly openaiType: string;
  readonly anthropicType: string;
  readonly code: string;
}

export interface StreamErrorContext {
  /** A UUIDv7, whose time becomes that of a response. */
  readonly requestId: string;
  /** Whether the caller has events of the stream. */
  readonly hasSentEvents: boolean;
  readonly responseId?: string | null;
  readonly model?: string | null;
  /** The number of the next event. */
  readonly sequenceNumber?: number;
}

const COMMENT = Buffer.from(': keep-alive\n\n');
const PING = Buffer.from('event: ping\ndata: {"type":"ping"}\n\n');

/** Returns what keeps a connection open between two events. Every client ignores it. */
export function heartbeatOf(protocol: Protocol): Buffer {
  return protocol === 'anthropic_messages' ? PING : COMMENT;
}

/** Returns a comment with a report on the call, as JSON without line ends. */
export function reportComment(json: string): Buffer {
  return Buffer.from(`: caret ${json}\n\n`);
}

/** Returns the events that end a stream with an error. End the body after them, because clients lose an error otherwise. */
export function streamErrorEvent(
  protocol: Protocol,
  { message, openaiType, anthropicType, code }: StreamError,
  context: StreamErrorContext,
): Buffer {
  switch (protocol) {
    case 'anthropic_messages': {
      const error = { type: anthropicType, message };
      return Buffer.from(frame({ type: 'error', error, request_id: context.requestId }));
    }
    case 'openai_chat_completions': {
      const error = { message, type: openaiType, code, param: null };
      return Buffer.from(`data: ${JSON.stringify({ error })}\n\n`);
    }
    case 'openai_responses':
      return Buffer.from(failedResponse({ code, message }, context));
  }
}

/** The SDKs of OpenAI raise an error of their own if `response.created` is not the first event. */
function failedResponse(error: { code: string; message: string }, context: StreamErrorContext): string {
  const { hasSentEvents, sequenceNumber = 0 } = context;
  const response = emptyResponse(context);
  const created = { type: 'response.created', sequence_number: 0, response };
  const failed = {
    type: 'response.failed',
    sequence_number: hasSentEvents ? sequenceNumber : 1,
    response: { ...response, status: 'failed', error },
  };
  return hasSentEvents ? frame(failed) : frame(created) + frame(failed);
}

/** Every member that the SDKs declare as required. */
function emptyResponse({ requestId, responseId, model }: StreamErrorContext): object {
  return {
    id: responseId ?? `resp_${requestId.replaceAll('-', '')}`,
    object: 'response',
    created_at: Math.floor(timeOfId(requestId) / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: model ?? '',
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: null,
  };
}

/** Replaces the message in an upstream's `response.failed`. Returns null if the event has no message. */
export function withFailureMessage(failedEvent: Buffer, message: string): Buffer[] | null {
  const event = new StreamEvent();
  event.enter(failedEvent);
  event.read(0);
  const { data, dataStart, dataEnd } = event;
  const span = pathOf(data, { start: dataStart, end: dataEnd }, 'response', 'error', 'message');
  if (span === null || event.dataLines !== 1) return null;
  return [
    failedEvent.subarray(0, span.start),
    Buffer.from(JSON.stringify(message)),
    failedEvent.subarray(span.end),
  ];
}

function frame(event: { readonly type: string; readonly [member: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
