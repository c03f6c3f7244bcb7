import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import type { PageQuery } from '../common/pagination';
import { yieldIfLong } from '../common/yield-if-long';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { byteLengthOf, JsonArrayWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import {
  listTooLarge,
  MAX_RESPONSE_BYTES,
  type ResponseBudget,
  TrialEnded,
} from '../http/response/response-budget';
import { type TokenResponse, toTokenResponse } from './dto/token.response.dto';
import { TokensRepository } from './tokens.repository';

/** Tokens per query. They take at most about 6 MiB. */
const BATCH_SIZE = 500;

/** The JSON of every token has more bytes than this. */
const MIN_TOKEN_BYTES = 150;

/** A part of an account's list of tokens. */
interface ListedPart {
  readonly accountId: AccountId;
  /** The id of the last token on the previous page. */
  readonly after: string | null;
  readonly limit: number | null;
}

/** Lists tokens within the limit of a response. */
@Injectable()
export class TokensListService {
  private readonly large = new LargeResponses();

  constructor(
    private readonly tokens: TokensRepository,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Returns all tokens, or a page with `limit`. Throws 422 `list.too_large`. */
  async list(caller: Caller & Requester, { limit, cursor }: PageQuery): Promise<HttpResponse> {
    const { accountId } = caller;
    const after = cursor === null ? null : String(this.cursors.decode(scopeOf(accountId), cursor)[0]);
    const part = { accountId, after, limit };
    return this.large.run(caller, JSON.stringify([after, limit]), (budget) => {
      const build = () =>
        limit === null ? this.buildWhole(part, budget) : this.buildPage(part, limit, budget);
      // A small list is one statement, which needs no transaction.
      return budget.isTrial ? build() : this.unitOfWork.read(build, accountId);
    });
  }

  /** Reads all tokens of an account after the id `after` in batches, oldest first. */
  async *readAll(accountId: AccountId, after: string | null = null): AsyncGenerator<TokenResponse[]> {
    for (let last = after; ;) {
      const rows = await this.tokens.list(accountId, last, BATCH_SIZE);
      yield rows.map(toTokenResponse);
      if (rows.length < BATCH_SIZE) return;
      last = rows.at(-1)!.id;
    }
  }

  private async buildPage(
    { accountId, after }: ListedPart,
    limit: number,
    budget: ResponseBudget,
  ): Promise<HttpResponse> {
    const rows = await this.tokens.list(accountId, after, limit + 1);
    const shown = rows.slice(0, limit);
    const writer = new JsonArrayWriter();
    for (const row of shown) add(writer, toTokenResponse(row), budget);
    const next = rows.length > limit ? this.cursors.encode(scopeOf(accountId), [shown.at(-1)!.id]) : null;
    return HttpResponse.of(writer.end(), {}, next);
  }

  private async buildWhole({ accountId, after }: ListedPart, budget: ResponseBudget): Promise<HttpResponse> {
    if (!budget.isTrial && after === null) await this.assertMayFit(accountId);
    const writer = new JsonArrayWriter();
    for await (const batch of this.readAll(accountId, after)) {
      for (const token of batch) add(writer, token, budget);
      // The next statement needs the snapshot of a read transaction.
      if (budget.isTrial && batch.length === BATCH_SIZE) throw new TrialEnded();
      await yieldIfLong();
    }
    return HttpResponse.of(writer.end());
  }

  /** Throws 422 if the list is too large whatever its rows contain. Counting is faster than building it up to that size. */
  private async assertMayFit(accountId: AccountId): Promise<void> {
    if ((await this.tokens.count(accountId)) * MIN_TOKEN_BYTES > MAX_RESPONSE_BYTES) throw listTooLarge();
  }
}

function add(writer: JsonArrayWriter, token: TokenResponse, budget: ResponseBudget): void {
  const text = JSON.stringify(token);
  budget.takeOrReject(byteLengthOf([text, ',']));
  writer.add(text);
}

function scopeOf(accountId: AccountId): string[] {
  return ['tokens', accountId];
}
