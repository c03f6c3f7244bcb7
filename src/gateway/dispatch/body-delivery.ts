import { MEBIBYTE } from '../../config/quotas';
import { classifyStreamFailure } from '../failure/classify-response';
import { createFailure, type FailureCode } from '../failure/failure';
import { FLOAT_EMBEDDINGS, hasRepair } from '../failure/repairs';
import { type EncodingFormat, formatEmbeddings, type FormattedEmbeddings } from '../stream/embeddings-format';
import { type JsonResponse, readJsonResponse } from '../stream/json-response';
import type { Attempt, Delivery } from './attempt';
import type { DeliveryOwner } from './delivery-owner';
import { HeldBody } from './held-body';
import { HoldCounter } from './hold-counter';
import { responseHeaders } from './response-headers';
import { findTailUsage } from './response-tail';

/** A longer body flows to the caller as it arrives, and no other target can take over. */
const MAX_HELD_BYTES = MEBIBYTE;
/** A body that is changed on its way is held to its end. */
const MAX_CHANGED_BYTES = 16 * MEBIBYTE;
const MAX_BYTES = 64 * MEBIBYTE;
/** The last bytes of a body that flows, which have its usage. */
const TAIL_BYTES = 64 * 1024;

/** The start of a response, in which the first vector begins. */
const SNIFFED_BYTES = 4096;
const FIRST_VECTOR = /"embedding"\s*:\s*(["[])/;

const SAME = { kind: 'same' } as const;
/** The failure that `findRepair` reads as a rejected `encoding_format`. */
const EMPTY_EMBEDDINGS = createFailure('invalid_request', { status: 400, evidence: 'encoding_format' });

const SPACE = 0x20;
const CLOSE_BRACE = 0x7d;

/** Delivers a JSON body: as a whole, or as it arrives if it is long. */
export class BodyDelivery implements Delivery {
  usage: unknown = null;
  responseId: string | null = null;
  private readonly held = new HeldBody();
  private bytes = 0;
  private readonly counter: HoldCounter;
  private isFlowing = false;
  /** The format of embeddings that the caller asked for. Null for other endpoints. */
  private readonly format: EncodingFormat | null = null;
  /** Whether the body is changed on its way. Null if not known yet. */
  private isChanged: boolean | null = null;

  /** @param model replaces the upstream's name of the model, or null */
  constructor(
    private readonly owner: DeliveryOwner,
    private readonly attempt: Attempt,
    private readonly model: string | null,
  ) {
    const { endpoint, body } = owner.state.scope.call;
    this.counter = new HoldCounter(owner.state.scope.call);
    if (endpoint.path === 'embeddings')
      this.format = body.string('encoding_format') === 'base64' ? 'base64' : 'float';
  }

  get outputBytes(): number {
    return this.format === null ? this.bytes : 0;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.held.add(chunk);
    if (this.isFlowing) {
      if (this.bytes > MAX_BYTES) this.fail();
      else this.pass(chunk);
    } else if (this.bytes > MAX_HELD_BYTES) {
      this.isChanged ??= this.model !== null || !this.hasWantedFormat();
      if (!this.isChanged) this.flow();
      else if (this.bytes > MAX_CHANGED_BYTES) this.fail();
    }
    if (!this.attempt.isOver && !this.counter.set(this.held.bytes)) this.fail('no_memory');
  }

  end(): void {
    const body = this.held.join();
    if (this.isFlowing) this.endFlow(body);
    else this.endHeld(body);
  }

  private flow(): void {
    this.isFlowing = true;
    this.owner.commit(this.attempt);
    for (const piece of this.held.pieces) this.owner.write(this.attempt, piece);
    this.held.keepTail(TAIL_BYTES);
  }

  private pass(chunk: Buffer): void {
    this.owner.write(this.attempt, chunk);
    this.held.keepTail(TAIL_BYTES);
  }

  private endFlow(tail: Buffer): void {
    let last = tail.length - 1;
    while (last >= 0 && tail[last]! <= SPACE) last -= 1;
    if (tail[last] !== CLOSE_BRACE) return this.fail('upstream_truncated');
    this.usage = findTailUsage(tail);
    this.owner.complete(this.attempt, 0, () => this.owner.state.scope.call.response.end());
  }

  private endHeld(body: Buffer): void {
    const { owner, attempt } = this;
    const { call } = owner.state.scope;
    const response = readJsonResponse(call.endpoint, body);
    const { isJson, error, usage, responseId, isStored } = response;
    if (!isJson) return this.fail();
    if (error !== null) {
      attempt.rejection = body;
      this.bytes = 0;
      return owner.onFailure(attempt, classifyStreamFailure(error, attempt.target.secrets), error);
    }
    const formatted = this.format === null ? SAME : formatEmbeddings(body, this.format);
    if (formatted.kind === 'invalid') return this.fail();
    if (formatted.kind === 'empty' && this.mayRepeatAsFloat())
      return owner.onFailure(attempt, EMPTY_EMBEDDINGS);
    this.usage = usage;
    this.responseId = responseId;
    if (isStored && responseId !== null) owner.storeResponse(attempt, responseId);
    const sent = this.toSentBody(body, formatted, response);
    owner.complete(attempt, sent.length, (outcome) =>
      call.response.send(attempt.status!, responseHeaders(owner.state, attempt, outcome), sent),
    );
  }

  private toSentBody(body: Buffer, formatted: FormattedEmbeddings, response: JsonResponse): Buffer {
    if (formatted.kind === 'converted') return Buffer.concat(formatted.body);
    return this.model === null ? body : Buffer.concat(response.spliceModel(this.model));
  }

  /** Whether the vectors have the format that the caller asked for. Reads the first one of a response that has not ended. */
  private hasWantedFormat(): boolean {
    if (this.format === null) return true;
    const first = FIRST_VECTOR.exec(this.held.pieces[0]!.toString('latin1', 0, SNIFFED_BYTES));
    return first?.[1] === (this.format === 'base64' ? '"' : '[');
  }

  /** Some servers respond to `base64` with an empty list. */
  private mayRepeatAsFloat(): boolean {
    return this.format === 'base64' && !hasRepair(this.attempt.opened.repairs, FLOAT_EMBEDDINGS.name);
  }

  private fail(code: FailureCode = 'upstream_invalid_response'): void {
    this.owner.onFailure(this.attempt, createFailure(code, { status: this.attempt.status }));
  }
}
