import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { AccountId, Caller } from '../auth/caller';
import type { Scope } from '../auth/scopes';
import { UnitOfWork } from '../database/unit-of-work';
import type { QuotaKind } from '../quotas/quota.errors';
import { QuotasService } from '../quotas/quotas.service';
import { TokensService } from '../tokens/tokens.service';
import type { Account } from './account.entity';
import { AccountsRepository } from './accounts.repository';
import type { AccountResponse, QuotaResponse } from './dto/account.response.dto';

/** The actor in audit events of changes without a token. */
export type SystemActor = 'first start' | 'command line';

@Injectable()
export class AccountsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly tokens: TokensService,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    private readonly quotas: QuotasService,
  ) {}

  async describe(caller: Caller): Promise<AccountResponse> {
    const account = await this.accounts.find(caller.accountId);
    if (!account) throw new Error(`no account ${caller.accountId}`);
    return {
      id: account.id,
      name: account.name,
      token: {
        id: caller.tokenId,
        name: caller.tokenName,
        scopes: [...caller.scopes],
        expires_at: caller.expiresAt,
      },
      revision: account.revision,
      quotas: {
        providers: this.toQuota('providers', account.providerCount),
        models: this.toQuota('models', account.modelCount),
        registry_bytes: this.toQuota('registry_bytes', account.registryBytes),
        tokens: this.toQuota('tokens', await this.tokens.count(account.id as AccountId)),
      },
    };
  }

  private toQuota(kind: QuotaKind, used: number): QuotaResponse {
    return { limit: this.quotas.limitOf(kind), used: Math.max(0, used) };
  }

  /** Creates an account with one `admin` token, generated or `chosenToken`. Returns both. */
  async create(
    name: string,
    actor: SystemActor,
    chosenToken: string | null = null,
  ): Promise<{ account: Account; token: string }> {
    return this.unitOfWork.run(async () => {
      const account = await this.accounts.insert(name);
      await this.audit.record(
        { accountId: account.id, tokenId: null, tokenName: actor, traceId: account.id },
        {
          action: 'account.create',
          resource: { type: 'account', id: account.id, name },
          changes: { name: { before: null, after: name } },
        },
      );
      const token = await this.addToken(account.id, actor, { name: 'admin', scopes: ['admin'] }, chosenToken);
      return { account, token };
    });
  }

  /** Creates a token without the limits of a caller's own token. For the first start and the command line. */
  async addToken(
    accountId: AccountId,
    actor: SystemActor,
    { name, scopes }: { readonly name: string; readonly scopes: readonly Scope[] },
    chosen: string | null = null,
  ): Promise<string> {
    return this.unitOfWork.run(async () => {
      const unrestricted = { expiresAt: null, allowedSelectors: null, tags: null, caretHeaders: true };
      const { row, secret } = await this.tokens.insert({ accountId, name, scopes, ...unrestricted }, chosen);
      await this.audit.record(
        { accountId, tokenId: null, tokenName: actor, traceId: row.id },
        {
          action: 'token.create',
          resource: { type: 'token', id: row.id, name },
          changes: { scopes: { before: null, after: [...scopes] } },
        },
      );
      return secret;
    });
  }

  isEmpty(): Promise<boolean> {
    return this.accounts.isEmpty();
  }

  list(): Promise<Account[]> {
    return this.accounts.list();
  }
}
