import { Injectable } from '@nestjs/common';
import { NO_HEADERS } from '../advanced-json/advanced-json-sealer';
import type { AuditAction } from '../audit/audit-actions';
import type { FieldChanges } from '../audit/audit-event.entity';
import { AuditService, diffFields } from '../audit/audit.service';
import { MAX_NAMES, NameList } from '../audit/bounded-changes';
import type { AccountId, Caller } from '../auth/caller';
import { identityKey } from '../common/identity-key';
import { isId, newId } from '../common/ids';
import { storedBytes } from '../common/stored-bytes';
import { normaliseName } from '../common/text-rules';
import { timestamp } from '../common/timestamp';
import { UnitOfWork } from '../database/unit-of-work';
import type { Requester } from '../http/response/build-queue';
import { assertEtag, hasEtags } from '../http/response/etag';
import type { HttpResponse } from '../http/response/http-response';
import { ModelsRepository } from '../models/models.repository';
import { PriceHistory } from '../models/price-history';
import { NO_MODELS, ShownModelsService } from '../models/shown-models.service';
import { QuotasService } from '../quotas/quotas.service';
import { sealedBytes } from '../quotas/usage';
import { RegistryTransaction, type Touch } from '../registry/registry-transaction';
import { RevisionTracker } from '../registry/revision-tracker';
import { hasCompleteBaseUrl } from '../upstream/call-settings';
import type { CreateProviderDto, UpdateProviderDto } from './dto/provider.dto';
import { type ProviderResponse, toProviderResponse } from './dto/provider.response.dto';
import { ProviderDestination } from './provider-destination';
import { ProviderSecrets } from './provider-secrets';
import type { Provider } from './provider.entity';
import { noSuchProvider, openaiOnly } from './provider.errors';
import { ProvidersRepository } from './providers.repository';
import { ShownProvidersService } from './shown-providers.service';

@Injectable()
export class ProvidersService {
  constructor(
    private readonly providers: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly shownModels: ShownModelsService,
    private readonly shown: ShownProvidersService,
    private readonly unitOfWork: UnitOfWork,
    private readonly secrets: ProviderSecrets,
    private readonly destination: ProviderDestination,
    private readonly registry: RegistryTransaction,
    private readonly revisions: RevisionTracker,
    private readonly audit: AuditService,
    private readonly quotas: QuotasService,
    private readonly prices: PriceHistory,
  ) {}

  /** Throws 503 when the database has not reached `minRevision`. */
  async get(caller: Caller & Requester, id: string, minRevision: number): Promise<HttpResponse> {
    const { accountId } = caller;
    await this.revisions.assertReached(accountId, minRevision);
    return this.shown.present(caller, id, (budget) => {
      const build = async () => {
        // Both queries run concurrently when the pool has two free connections.
        const [provider, first] = await Promise.all([
          this.find(accountId, id),
          isId(id) ? this.shownModels.readFirst(accountId, id, budget) : NO_MODELS,
        ]);
        return this.shown.encode(provider, first, budget);
      };
      // A small response needs no transaction, which would cost two round trips.
      return budget.isTrial ? build() : this.unitOfWork.read(build, accountId);
    });
  }

  /** Returns the entity, for upstream calls. Throws 404 when it does not exist. */
  async find(accountId: AccountId, id: string): Promise<Provider> {
    const provider = isId(id) ? await this.providers.find(accountId, id) : null;
    if (!provider) throw noSuchProvider();
    return provider;
  }

  /** Throws 409 when the account has no room for the provider. */
  async create(caller: Caller, body: CreateProviderDto): Promise<ProviderResponse> {
    const provider = newProvider(caller.accountId, body);
    this.destination.apply(caller, provider, { base_url: body.base_url ?? null });
    if (body.openai_api_mode && body.provider !== 'openai') throw openaiOnly();
    await this.secrets.setApiKey(provider, body.api_key);
    if (body.advanced_json) await this.secrets.setAdvancedJson(provider, body.advanced_json);
    provider.storedBytes = countBytes(provider);
    const work = async (touch: Touch): Promise<ProviderResponse> => {
      await this.providers.insert(provider);
      touch('provider', provider.id);
      const response = await this.toResponse(provider);
      await this.record(caller, 'provider.create', null, response, true);
      return response;
    };
    return this.registry.run(caller.accountId, work, { providers: 1, registryBytes: provider.storedBytes });
  }

  async update(
    caller: Caller & Requester,
    id: string,
    body: UpdateProviderDto,
    ifMatch: string | undefined,
  ): Promise<HttpResponse> {
    const { accountId } = caller;
    const provider = await this.registry.run(accountId, async (touch) => {
      const current = await this.find(accountId, id);
      await this.assertMatch(ifMatch, current);
      const provider = { ...current };
      this.applySettings(caller, provider, body);
      await this.destination.assertSecretsMayMove(caller, current, provider, body);
      if (body.advanced_json !== undefined) await this.secrets.setAdvancedJson(provider, body.advanced_json);
      if (body.api_key !== undefined) await this.secrets.setApiKey(provider, body.api_key);
      if (JSON.stringify(provider) === JSON.stringify(current)) return current;
      if (!isSameEndpoint(current, provider)) provider.learnedProtocol = null;
      provider.updatedAt = timestamp();
      provider.storedBytes = countBytes(provider);
      await this.quotas.add(caller.accountId, {
        registryBytes: provider.storedBytes - current.storedBytes,
      });
      await this.providers.update(current, provider);
      touch('provider', id);
      if (
        !isSameEndpoint(current, provider) &&
        (await this.models.clearLearnedProtocols(caller.accountId, id))
      ) {
        touch('models_of_provider', id);
      }
      const [before, after] = await Promise.all([this.toResponse(current), this.toResponse(provider)]);
      const confirmation = diffFields(toConfirmation(current), toConfirmation(provider));
      await this.record(caller, 'provider.update', before, after, body.api_key !== undefined, confirmation);
      return provider;
    });
    // After the commit, because a response with many models would keep other writers of the account waiting.
    return this.shown.present(caller, null, (budget) => this.shown.encode(provider, null, budget));
  }

  async delete(caller: Caller, id: string, ifMatch: string | undefined): Promise<void> {
    await this.registry.run(caller.accountId, async (touch) => {
      const provider = await this.find(caller.accountId, id);
      await this.assertMatch(ifMatch, provider);
      const before = await this.toResponse(provider);
      const names = await this.models.listNames(caller.accountId, id, MAX_NAMES);
      const { ids, registryBytes } = await this.models.deleteOfProvider(caller.accountId, id);
      await this.prices.end(caller.accountId, ids);
      await this.quotas.add(caller.accountId, {
        providers: -1,
        models: -ids.length,
        registryBytes: -registryBytes - provider.storedBytes,
      });
      await this.providers.delete(caller.accountId, id);
      touch('provider', id);
      const deletedModels = { models: { before: new NameList(names, ids.length), after: null } };
      await this.record(caller, 'provider.delete', before, null, true, deletedModels);
    });
  }

  private applySettings(caller: Caller, provider: Provider, body: UpdateProviderDto): void {
    if (body.name !== undefined) {
      provider.name = normaliseName(body.name);
      provider.nameKey = identityKey(provider.name);
    }
    if (body.enabled !== undefined) provider.enabled = body.enabled;
    this.destination.apply(caller, provider, body);
    if (body.openai_api_mode !== undefined) provider.openaiApiMode = body.openai_api_mode;
    if (provider.provider === 'openai') return;
    if (body.openai_api_mode) throw openaiOnly();
    provider.openaiApiMode = null;
  }

  /** Throws 412 if the provider has changed since the caller read it. Reads its models only for an entity tag. */
  private async assertMatch(ifMatch: string | undefined, provider: Provider): Promise<void> {
    if (hasEtags(ifMatch)) assertEtag(ifMatch, (await this.shown.encode(provider)).etag);
  }

  private async toResponse(provider: Provider): Promise<ProviderResponse> {
    return toProviderResponse(provider, await this.secrets.getStatus(provider));
  }

  /** `keyChanged` adds the API key as `"***"`, because the key itself is never shown. `unseen` is in no response. */
  private async record(
    caller: Caller,
    action: AuditAction,
    before: ProviderResponse | null,
    after: ProviderResponse | null,
    keyChanged: boolean,
    unseen: FieldChanges = {},
  ): Promise<void> {
    const { id, name } = (after ?? before)!;
    const changes = { ...diffFields(before && toAudited(before), after && toAudited(after)), ...unseen };
    if (keyChanged) changes.api_key = { before: before && '***', after: after && '***' };
    await this.audit.record(caller, { action, resource: { type: 'provider', id, name }, changes });
  }
}

/** Returns the bytes of a provider that count against QUOTA_REGISTRY_MB. */
function countBytes(provider: Provider): number {
  const { name, baseUrl, advancedJson, sealedApiKey, encryptionKeyId, sealedHeaders, headersKeyId } =
    provider;
  return (
    storedBytes(name, baseUrl, advancedJson) +
    sealedBytes(sealedApiKey, encryptionKeyId) +
    sealedBytes(sealedHeaders, headersKeyId)
  );
}

function isSameEndpoint(before: Provider, after: Provider): boolean {
  return (
    before.provider === after.provider &&
    before.baseUrl === after.baseUrl &&
    hasCompleteBaseUrl(before.advancedJson) === hasCompleteBaseUrl(after.advancedJson) &&
    before.openaiApiMode === after.openaiApiMode
  );
}

/** Omits the models, because they have audit events of their own. */
function toAudited(response: ProviderResponse): object {
  return { ...response, models: null };
}

/** No response shows which token set `base_url`, but the audit log does. */
function toConfirmation({ baseUrlSetBy }: Provider): object {
  return { base_url_set_by: baseUrlSetBy };
}

function newProvider(accountId: AccountId, body: CreateProviderDto): Provider {
  const now = timestamp();
  const name = normaliseName(body.name);
  return {
    id: newId(),
    accountId,
    name,
    nameKey: identityKey(name),
    provider: body.provider,
    enabled: body.enabled ?? true,
    sealedApiKey: '',
    encryptionKeyId: '',
    secretVersion: 0,
    keyPrefix: '',
    baseUrl: null,
    baseUrlSetBy: null,
    openaiApiMode: body.openai_api_mode ?? null,
    learnedProtocol: null,
    advancedJson: null,
    ...NO_HEADERS,
    storedBytes: 0,
    createdAt: now,
    updatedAt: now,
  };
}
