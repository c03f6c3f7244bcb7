import { endOfString } from '../json/end-of-string';
import { hasBytes } from '../json/has-bytes';

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Depths inside a chunk. The outer object is depth 1, and `choices` is an array at depth 2. */
const CHUNK = 1;
const CHOICES = 2;
const CHOICE = 3;
const DELTA = 4;

const CHOICES_KEY = '"choices":';

const MAX_INDEX_DIGITS = 4;

/**
 * Reads a chunk of a chat completions stream in one pass that builds nothing. Each stream reads all its chunks with one
 * object.
 */
export class ChatChunk {
  hasChoices = false;
  /** Whether `choices` has at least one choice. */
  hasChoice = false;
  /** Bytes of the texts in all deltas, except roles. */
  deltaBytes = 0;
  /** The offset of a usage object, or -1. */
  usageStart = -1;
  /** Whether `error` is present and not null. */
  hasError = false;
  /** The indexes of the choices that end. */
  finishedChoices: number[] = [];

  private bytes: Buffer;
  /** Where `choices` began in the last chunk, from its start; -1 if a chunk has usage or an error before it. */
  private choicesOffset = -1;

  private isInChoices = false;
  private isInDelta = false;
  private isRole = false;
  private indexStart = -1;
  private hasReason = false;

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
        const after = endOfString(bytes, at, end);
        if (after === -1) return;
        if (bytes[after] === COLON || bytes[skipSpace(bytes, after)] === COLON) {
          if (depth === CHUNK || depth === CHOICE || depth === DELTA) this.onKey(depth, at, after, start);
        } else if (this.isInDelta && !this.isRole) {
          this.deltaBytes += after - at - 2;
        }
        at = after - 1;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
        if (depth === CHOICE && this.isInChoices) this.hasChoice = true;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
        if (depth === CHOICES) this.onChoiceEnd();
        else if (depth === CHOICE) this.isInDelta = false;
      }
    }
  }

  private reset(): void {
    this.hasChoices = this.hasChoice = this.hasError = false;
    this.isInChoices = this.isInDelta = this.isRole = this.hasReason = false;
    this.deltaBytes = 0;
    this.usageStart = this.indexStart = -1;
    if (this.finishedChoices.length > 0) this.finishedChoices = [];
  }

  /** @param start the offset of the opening quote */
  private onKey(depth: number, start: number, end: number, chunkStart: number): void {
    if (depth === DELTA) {
      this.isRole = this.hasKey(start, end, 'role');
    } else if (depth === CHOICE) {
      if (!this.isInChoices) return;
      this.isInDelta = this.hasKey(start, end, 'delta');
      if (this.hasKey(start, end, 'index')) this.indexStart = this.valueAfter(end);
      else if (this.hasKey(start, end, 'finish_reason')) this.onReason(this.valueAfter(end));
    } else {
      this.isInChoices = this.hasKey(start, end, 'choices');
      if (this.isInChoices) this.onChoices(start - chunkStart);
      else if (this.hasKey(start, end, 'usage')) this.onUsage(this.valueAfter(end));
      else if (this.hasKey(start, end, 'error')) this.onError(this.valueAfter(end));
    }
  }

  private hasKey(start: number, end: number, key: string): boolean {
    return hasBytes(this.bytes, start + 1, end - 1, key);
  }

  /** Some servers send an empty reason in every chunk. */
  private onReason(value: number): void {
    const { bytes } = this;
    this.hasReason = bytes[value] === QUOTE && bytes[value + 1] !== QUOTE;
  }

  private onChoiceEnd(): void {
    const { bytes, indexStart } = this;
    if (this.hasReason) {
      const digits = bytes.toString('latin1', indexStart, indexStart + MAX_INDEX_DIGITS);
      this.finishedChoices.push(indexStart === -1 ? 0 : Number.parseInt(digits, 10));
    }
    this.hasReason = false;
    this.indexStart = -1;
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

  private valueAfter(keyEnd: number): number {
    return skipSpace(this.bytes, skipSpace(this.bytes, keyEnd) + 1);
  }
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
