import { Injectable } from '@nestjs/common';
import type { AuditAction } from '../audit/audit-actions';
import { type Actor, AuditService, diffFields } from '../audit/audit.service';
import type { AccountId, Caller } from '../auth/caller';
import { formatScopes, parseScopes, type Scope } from '../auth/scopes';
import { DomainError } from '../common/domain-error';
import { isId, newId } from '../common/ids';
import { normaliseName } from '../common/text-rules';
import { isPast, timestamp, timestampIn } from '../common/timestamp';
import { UnitOfWork } from '../database/unit-of-work';
import { assertMatch } from '../http/response/etag';
import { quotaExceeded } from '../quotas/quota.errors';
import { QuotasService } from '../quotas/quotas.service';
import type { ApiToken } from './api-token.entity';
import type { CreateTokenDto, RotateTokenDto } from './dto/create-token.dto';
import { type TokenResponse, type TokenWithSecretResponse, toTokenResponse } from './dto/token.response.dto';
import { TokenAuthenticator } from './token-authenticator';
import { createToken } from './token-format';
import { assertMayDelete, assertMayRotate, assertWithin } from './token-rights';
import { normaliseTags, type TokenTags } from './token-tags';
import { TokensRepository } from './tokens.repository';

const DEFAULT_OVERLAP_SECONDS = 3600;

/** The properties of a token to create. */
export interface NewToken {
  readonly accountId: AccountId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  readonly allowedSelectors: readonly string[] | null;
  readonly tags: TokenTags | null;
  readonly caretHeaders: boolean;
}

@Injectable()
export class TokensService {
  constructor(
    private readonly tokens: TokensRepository,
    private readonly authenticator: TokenAuthenticator,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    private readonly quotas: QuotasService,
  ) {}

  async get({ accountId }: Caller, id: string): Promise<TokenResponse> {
    return toTokenResponse(await this.load(accountId, id));
  }

  /** Counts the tokens that an account stores, expired ones included. */
  count(accountId: AccountId): Promise<number> {
    return this.tokens.count(accountId);
  }

  /** Returns the count of the account that stores the most tokens. */
  countHighest(): Promise<number> {
    return this.tokens.countHighest();
  }

  /** Creates a token that has no more scopes and models and no later expiry than the caller's own. */
  async create(caller: Caller, body: CreateTokenDto): Promise<TokenWithSecretResponse> {
    assertWithin(caller, body);
    return this.unitOfWork.run(async () => {
      const { row, secret } = await this.insert({
        accountId: caller.accountId,
        name: normaliseName(body.name),
        scopes: body.scopes,
        expiresAt: body.expires_at ? timestamp(Date.parse(body.expires_at)) : null,
        allowedSelectors: body.allowed_selectors ?? null,
        tags: normaliseTags(body.tags),
        caretHeaders: body.caret_headers ?? true,
      });
      const response = toTokenResponse(row);
      await this.record(caller, 'token.create', row, null, response);
      return { ...response, token: secret };
    }, caller.accountId);
  }

  /**
   * Stores a generated token, or the token that the operator has `chosen`. Throws 409 when the account has no room for it.
   */
  async insert(token: NewToken, chosen: string | null = null): Promise<{ row: ApiToken; secret: string }> {
    await this.assertRoom(token.accountId);
    const id = newId();
    const secret = chosen ?? createToken(id);
    const row: ApiToken = {
      id,
      accountId: token.accountId,
      name: token.name,
      scopes: formatScopes(token.scopes),
      secretHmac: this.authenticator.hash(secret),
      previousSecretHmac: null,
      previousValidUntil: null,
      format: chosen === null ? 'caret' : 'custom',
      expiresAt: token.expiresAt,
      allowedSelectors: token.allowedSelectors && [...token.allowedSelectors],
      tags: token.tags,
      caretHeaders: token.caretHeaders,
      lastUsedAt: null,
      createdAt: timestamp(),
    };
    await this.tokens.insert(row);
    return { row, secret };
  }

  /**
   * Replaces the secret and keeps the id. The old secret stays valid during the overlap. A token may rotate itself. Only
   * `admin` may rotate another one, because whoever knows the new secret becomes that token. Throws 409 for an expired
   * token, whose new secret would be rejected.
   */
  async rotate(caller: Caller, id: string, body: RotateTokenDto): Promise<TokenWithSecretResponse> {
    const overlapMs = (body.overlap_seconds ?? DEFAULT_OVERLAP_SECONDS) * 1000;
    return this.unitOfWork.run(async () => {
      const row = await this.load(caller.accountId, id);
      assertMayRotate(caller, row);
      if (isExpired(row)) throw tokenExpired(row);
      const secret = createToken(id);
      const replaced = await this.tokens.replaceSecret(row, {
        secretHmac: this.authenticator.hash(secret),
        previousSecretHmac: row.secretHmac,
        previousValidUntil: timestampIn(overlapMs),
      });
      if (!replaced) throw rotationConflict();
      const response = toTokenResponse(row);
      await this.audit.record(caller, {
        action: 'token.rotate',
        resource: { type: 'token', id, name: row.name },
        changes: { secret: { before: '***', after: '***' } },
      });
      this.unitOfWork.onCommitted(() => this.authenticator.evict(id));
      return { ...response, token: secret };
    }, caller.accountId);
  }

  /**
   * Revokes a token. This process rejects it immediately, every other replica within 5 seconds. A caller needs the rights
   * to create such a token. Throws 409 for the last `admin` token, and for the last one that does not expire. The command
   * line may revoke every token, because it can create another one.
   */
  async delete(
    actor: Caller | (Actor & Pick<Caller, 'accountId'>),
    id: string,
    ifMatch?: string,
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      // Before any read, so that concurrent deletions see each other's result.
      await this.tokens.serialiseWrites(actor.accountId);
      const row = await this.load(actor.accountId, id);
      const response = toTokenResponse(row);
      if ('scopes' in actor) {
        assertMayDelete(actor, row);
        assertMatch(ifMatch, response);
        if (isActiveAdmin(row) && !(await this.tokens.hasOtherAdmin(row))) throw lastAdmin(row);
      }
      if (!(await this.tokens.delete(actor.accountId, id))) throw tokenNotFound();
      await this.record(actor, 'token.delete', row, response, null);
      this.unitOfWork.onCommitted(() => this.authenticator.revoke(id));
    }, actor.accountId);
  }

  private async assertRoom(accountId: AccountId): Promise<void> {
    const limit = this.quotas.limitOf('tokens');
    if (limit === null) return;
    await this.tokens.serialiseWrites(accountId);
    const used = await this.tokens.count(accountId);
    if (used >= limit) throw quotaExceeded('tokens', { limit, used, requested: 1 });
  }

  private async load(accountId: AccountId, id: string): Promise<ApiToken> {
    const row = isId(id) ? await this.tokens.find(accountId, id) : null;
    if (!row) throw tokenNotFound();
    return row;
  }

  private async record(
    actor: Actor,
    action: AuditAction,
    row: ApiToken,
    before: TokenResponse | null,
    after: TokenResponse | null,
  ): Promise<void> {
    const resource = { type: 'token', id: row.id, name: row.name };
    await this.audit.record(actor, { action, resource, changes: diffFields(before, after) });
  }
}

function tokenNotFound(): DomainError {
  const detail = 'The account has no token with this id. List the tokens for their ids.';
  return new DomainError('not_found', 'tokens.not_found', detail);
}

function rotationConflict(): DomainError {
  const detail = 'Another request rotated or revoked this token. Fetch it again and retry.';
  return new DomainError('conflict', 'tokens.rotated_meanwhile', detail);
}

function lastAdmin({ expiresAt }: ApiToken): DomainError {
  const detail =
    expiresAt === null
      ? 'This is the last admin token of the account that does not expire. Create another one first.'
      : 'This is the last admin token of the account. Create another admin token first.';
  return new DomainError('conflict', 'tokens.last_admin', detail);
}

function tokenExpired({ expiresAt }: ApiToken): DomainError {
  const detail = `This token expired at ${expiresAt}, and a new secret does not renew it. Create a new token.`;
  return new DomainError('conflict', 'tokens.expired', detail);
}

function isActiveAdmin(token: ApiToken): boolean {
  return parseScopes(token.scopes).includes('admin') && !isExpired(token);
}

function isExpired({ expiresAt }: ApiToken): boolean {
  return expiresAt !== null && isPast(expiresAt);
}
