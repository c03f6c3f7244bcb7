import { endOfString, skipSpace } from '../json/end-of-string';
import { hasBytes } from '../json/has-bytes';

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** No vendor's reason is longer. */
const MAX_REASON_BYTES = 64;

/** Depths inside a chunk. The outer object is depth 1, and `choices` is an array at depth 2. */
const CHUNK = 1;
const CHOICES = 2;
const CHOICE = 3;
const DELTA = 4;

const CHOICES_KEY = '"choices":';

/** The end of one choice of the response. */
export interface FinishedChoice {
  readonly index: number;
  readonly reason: string;
}

/**
 * Reads a chunk of a chat completions stream in one pass that builds nothing. Each stream reads all its chunks with one
 * object.
 */
export class ChatChunk {
  /** Whether all brackets are closed. */
  isWhole = false;
  hasChoices = false;
  /** Whether `choices` has at least one choice. */
  hasChoice = false;
  /** Bytes of the texts in all deltas, except roles. */
  deltaBytes = 0;
  /** The offset of a usage object, or -1. */
  usageStart = -1;
  /** Whether `error` is present and not null. */
  hasError = false;
  finished: FinishedChoice[] = [];

  private bytes: Buffer;
  /** Where `choices` began in the last chunk, from its start; -1 if a chunk has usage or an error before it. */
  private choicesOffset = -1;

  private isInChoices = false;
  private isInDelta = false;
  private isRole = false;
  private index = 0;
  private reasonStart = -1;

  read(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.reset();
    let at = start;
    let depth = 0;
    if (this.choicesOffset !== -1) {
      // The members before `choices` are the same in every chunk of a stream. Other chunks have it at another offset.
      const choices = start + this.choicesOffset;
      if (hasBytes(bytes, choices, Math.min(choices + CHOICES_KEY.length, end), CHOICES_KEY)) {
        at = choices;
        depth = CHUNK;
      }
    }
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        const textStart = at + 1;
        at = endOfString(bytes, textStart, end);
        if (bytes[at + 1] === COLON || isKey(bytes, at + 1, end)) {
          if (depth === CHUNK || depth === CHOICE || depth === DELTA) this.onKey(depth, textStart, at, start);
        } else if (this.isInDelta && !this.isRole) {
          this.deltaBytes += at - textStart;
        }
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
        if (depth === CHOICE && this.isInChoices) this.hasChoice = true;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
        if (depth === CHOICES) this.onChoiceEnd();
        else if (depth === CHOICE) this.isInDelta = false;
      }
    }
    this.isWhole = depth === 0 && at === end;
  }

  private reset(): void {
    this.hasChoices = this.hasChoice = this.hasError = false;
    this.isInChoices = this.isInDelta = this.isRole = false;
    this.deltaBytes = 0;
    this.usageStart = this.reasonStart = -1;
    this.index = 0;
    if (this.finished.length > 0) this.finished = [];
  }

  private onKey(depth: number, start: number, end: number, chunkStart: number): void {
    const { bytes } = this;
    const length = end - start;
    if (depth === DELTA) {
      this.isRole = length === 4 && hasBytes(bytes, start, end, 'role');
    } else if (depth === CHOICE) {
      this.isInDelta = this.isInChoices && length === 5 && hasBytes(bytes, start, end, 'delta');
      if (!this.isInChoices) return;
      if (length === 5 && hasBytes(bytes, start, end, 'index')) this.onIndex(this.valueAfter(end));
      else if (length === 13 && hasBytes(bytes, start, end, 'finish_reason'))
        this.onReason(this.valueAfter(end));
    } else {
      this.isInChoices = length === 7 && hasBytes(bytes, start, end, 'choices');
      if (this.isInChoices) this.onChoices(start - 1 - chunkStart);
      else if (length === 5 && hasBytes(bytes, start, end, 'usage')) this.onUsage(this.valueAfter(end));
      else if (length === 5 && hasBytes(bytes, start, end, 'error')) this.onError(this.valueAfter(end));
    }
  }

  private onIndex(value: number): void {
    const digits = /^\d{1,3}/.exec(this.bytes.toString('latin1', value, value + 3));
    this.index = digits === null ? 0 : Number(digits[0]);
  }

  /** Some servers send an empty reason in every chunk. */
  private onReason(value: number): void {
    if (this.bytes[value] !== QUOTE || this.bytes[value + 1] === QUOTE) return;
    this.reasonStart = value + 1;
  }

  private onChoiceEnd(): void {
    if (this.reasonStart === -1) return;
    const end = endOfString(this.bytes, this.reasonStart, this.reasonStart + MAX_REASON_BYTES);
    this.finished.push({ index: this.index, reason: this.bytes.toString('latin1', this.reasonStart, end) });
    this.reasonStart = -1;
    this.index = 0;
  }

  private onChoices(offset: number): void {
    this.hasChoices = true;
    this.choicesOffset = this.usageStart === -1 && !this.hasError ? offset : -1;
  }

  private onUsage(value: number): void {
    this.usageStart = this.bytes[value] === OPEN_BRACE ? value : -1;
  }

  private onError(value: number): void {
    const { bytes } = this;
    const first = bytes[value];
    this.hasError = first === OPEN_BRACE || (first === QUOTE && bytes[value + 1] !== QUOTE);
  }

  /** Returns the offset of the value of a key, from the quote that ends the key. */
  private valueAfter(keyEnd: number): number {
    return skipSpace(this.bytes, skipSpace(this.bytes, keyEnd + 1) + 1);
  }
}

/** Whether a colon follows white space, so that the string before it is a key. */
function isKey(bytes: Buffer, at: number, end: number): boolean {
  const next = skipSpace(bytes, at);
  return next < end && bytes[next] === COLON;
}
