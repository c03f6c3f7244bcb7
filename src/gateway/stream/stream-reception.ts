import type { JsonObject } from '../../common/json-object';
import type { Protocol } from '../../upstream/protocol';
import type { Dialect } from '../dialect/endpoint';
import { scanObject } from '../json/scan-object';
import { appendPiece } from './append-piece';
import { ChatEvents } from './chat-events';
import { endOfStartedEvent } from './event-lines';
import { ForeignBody } from './foreign-body';
import { MessagesEvents } from './messages-events';
import type { ReportedFailure } from './reported-failure';
import { ResponsesEvents } from './responses-events';
import { StreamEvent } from './stream-event';
import type { EventMeaning, StreamFacts } from './stream-facts';

export interface ReceptionOptions {
  /** How many choices the caller asked for. */
  readonly choices: number;
  /** Whether a chunk of chat completions with only usage is not for the caller. */
  readonly hidesUsage: boolean;
  /** Replaces the model in the start of a message; null keeps the upstream's. */
  readonly model: string | null;
  /** Bytes of a preamble that are held. */
  readonly maxHeldBytes?: number;
}

/** A preamble of the Responses API repeats the whole request twice. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Images come in one event. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const DONE = Buffer.from('data: [DONE]\n\n');
const NOTHING: readonly Buffer[] = [];
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const OPEN_BRACE = 0x7b;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads the stream of an upstream and passes its bytes on, as slices of the chunks. Holds the preamble back, so that
 * another target may take over until the first content. Knows the end of each protocol, and reads usage and errors.
 * Parses no JSON of ordinary events.
 */
export class StreamReception implements StreamFacts {
  failure: ReportedFailure | null = null;
  usage: JsonObject | null = null;
  responseId: string | null = null;
  upstreamModel: string | null = null;
  deltaBytes = 0;
  isStored = false;
  readonly finishedChoices = new Set<number>();
  eventCount = 0;

  /** Whether content arrived. */
  hasContent = false;
  /** Whether the preamble is no longer held: content arrived, or the preamble is too long. */
  isCommitted = false;
  /** Whether the terminal event arrived. It is the last element that `take` returns, in a buffer of its own. */
  isComplete = false;
  /** Whether the upstream ended the response without a terminal event or an error. */
  isTruncated = false;
  /** Whether the upstream sent no event stream, or an event that is too long. */
  isInvalid = false;
  /** The event that reported the failure, in the Responses API. `response.failed` has the output and the usage. */
  failedEvent: Buffer | null = null;

  private readonly events: { read(event: StreamEvent, facts: StreamFacts): EventMeaning };
  private readonly event = new StreamEvent();
  private ready: Buffer[] = [];
  private readyBytes = 0;
  /** The start of an event whose end has not arrived. */
  private started: Buffer[] = [];
  private startedBytes = 0;
  private foreign: ForeignBody | null = null;
  private readonly dialect: Dialect;
  private hasBegun = false;
  private isOver = false;

  constructor(
    private readonly protocol: Protocol,
    private readonly options: ReceptionOptions,
  ) {
    this.dialect = protocol === 'anthropic_messages' ? 'anthropic' : 'openai';
    if (protocol === 'anthropic_messages') this.events = new MessagesEvents();
    else if (protocol === 'openai_responses') this.events = new ResponsesEvents();
    else this.events = new ChatEvents(options.hidesUsage);
  }

  /** Bytes that are held: the preamble, and an event whose end has not arrived. */
  get heldBytes(): number {
    return this.startedBytes + (this.isCommitted ? 0 : this.readyBytes);
  }

  /** Reads the next bytes. Bytes after the terminal event or an error are ignored. */
  push(chunk: Buffer): void {
    if (this.isOver) return;
    if (this.foreign !== null) {
      this.foreign.add(chunk);
      return this.checkForeign(this.foreign);
    }
    const last = this.started.at(-1);
    if (last === undefined) return this.readEvents(chunk);
    const end = endOfStartedEvent(chunk, last[last.length - 1]!);
    if (end === -1) return this.startEvent(chunk);
    this.readEvents(this.takeStarted(chunk.subarray(0, end)));
    if (end < chunk.length) this.push(chunk.subarray(end));
  }

  /** Reads the end of the upstream's response. */
  end(): void {
    const last = this.started.at(-1)?.at(-1);
    if (last !== undefined) {
      const event = this.takeStarted(missingLineEnds(last));
      if (isWhole(event)) this.readEvents(event);
    }
    if (!this.isOver && this.foreign !== null) this.failure = this.foreign.findFailure(this.dialect);
    const isNoStream = this.foreign !== null || this.event.hasUnknownField;
    if (isNoStream && this.eventCount === 0 && this.failure === null) this.isInvalid = true;
    this.isOver = true;
    if (this.isComplete || this.isInvalid || this.failure !== null) return;
    if (this.hasAllChoices()) this.complete(DONE);
    else this.isTruncated = true;
  }

  /** Returns the bytes for the caller since the last call: whole events, and nothing while the preamble is held. */
  take(): readonly Buffer[] {
    if (!this.isCommitted || this.ready.length === 0) return NOTHING;
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  /** Reads all whole events of a buffer that begins with an event, and keeps the rest. */
  private readEvents(bytes: Buffer): void {
    const { event } = this;
    event.enter(bytes);
    let at = this.hasBegun ? 0 : startOf(bytes);
    let passFrom = at;
    this.hasBegun = true;
    while (at < bytes.length) {
      const end = event.read(at);
      if (event.foreignStart !== -1) {
        this.pass(bytes, passFrom, at);
        return this.startForeign(bytes.subarray(event.foreignStart));
      }
      if (end === -1) break;
      const meaning = event.dataLines === 0 ? 'preamble' : this.events.read(event, this);
      if (meaning === 'content') {
        this.hasContent = this.isCommitted = true;
      } else if (meaning !== 'preamble') {
        this.pass(bytes, passFrom, at);
        passFrom = end;
        if (meaning === 'end') return this.complete(bytes.subarray(at, end));
        if (meaning === 'failure') return this.fail(bytes.subarray(at, end));
      }
      if (event.dataLines > 0) this.eventCount++;
      if (event.replacedStart !== -1) passFrom = this.replace(bytes, passFrom);
      at = end;
    }
    this.pass(bytes, passFrom, at);
    if (at < bytes.length) this.startEvent(at === 0 ? bytes : bytes.subarray(at));
    if (this.readyBytes > (this.options.maxHeldBytes ?? MAX_HELD_BYTES)) this.isCommitted = true;
  }

  private pass(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
    if (this.isCommitted) {
      this.ready.push(piece);
    } else {
      appendPiece(this.ready, piece);
      this.readyBytes += piece.length;
    }
  }

  /** Replaces the model of an event. Returns the offset from which the bytes are passed on. */
  private replace(bytes: Buffer, passFrom: number): number {
    const { model } = this.options;
    if (model === null) return passFrom;
    this.pass(bytes, passFrom, this.event.replacedStart);
    const name = Buffer.from(JSON.stringify(model));
    this.pass(name, 0, name.length);
    return this.event.replacedEnd;
  }

  private complete(terminal: Buffer): void {
    this.ready.push(terminal);
    this.hasContent = this.isCommitted = this.isComplete = this.isOver = true;
  }

  private fail(event: Buffer): void {
    if (this.protocol === 'openai_responses') this.failedEvent = event;
    this.isOver = true;
  }

  private startEvent(bytes: Buffer): void {
    appendPiece(this.started, bytes);
    this.startedBytes += bytes.length;
    if (this.startedBytes > MAX_EVENT_BYTES) this.isInvalid = this.isOver = true;
  }

  /** Joins an event that began in an earlier chunk. This copies it, once. */
  private takeStarted(rest: Buffer): Buffer {
    this.started.push(rest);
    const event = Buffer.concat(this.started);
    this.started = [];
    this.startedBytes = 0;
    return event;
  }

  /** Begins what is no event stream. It may still be an error. */
  private startForeign(start: Buffer): void {
    this.foreign = new ForeignBody(start);
    this.checkForeign(this.foreign);
  }

  private checkForeign(foreign: ForeignBody): void {
    if (!foreign.isUseless) return;
    this.isOver = true;
    this.isInvalid = this.eventCount === 0;
  }

  private hasAllChoices(): boolean {
    return this.protocol === 'openai_chat_completions' && this.finishedChoices.size >= this.options.choices;
  }
}

/** Returns the offset after a byte order mark, which may only begin a stream. */
function startOf(bytes: Buffer): number {
  return bytes.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
}

/** Whether a last event without a blank line has its whole data, which the upstream may have cut. */
function isWhole(bytes: Buffer): boolean {
  const event = new StreamEvent();
  event.enter(bytes);
  event.read(startOf(bytes));
  const { data, dataStart, dataEnd } = event;
  if (event.foreignStart !== -1 || event.dataLines === 0) return true;
  return data[dataStart] !== OPEN_BRACE || Array.isArray(scanObject(data, dataStart, dataEnd));
}

/** Returns what makes a blank line after the last byte of a stream. */
function missingLineEnds(last: number): Buffer {
  if (last === LF) return Buffer.from('\n');
  return Buffer.from(last === CR ? '\r' : '\n\n');
}
