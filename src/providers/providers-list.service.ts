import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { jsonArray } from '../common/batches';
import { compareText } from '../common/compare-text';
import { identityKey } from '../common/identity-key';
import { Page, pageOf, type PageQuery } from '../common/pagination';
import { normaliseName } from '../common/text-rules';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import { HttpResponse } from '../http/response/http-response';
import { type BuiltResponse, ResponseCache } from '../http/response/response-cache';
import { ModelsRepository } from '../models/models.repository';
import type { ProviderModel } from '../models/provider-model.entity';
import { assertReached, revisionHeader } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import type { ProviderKind } from '../upstream/base-url';
import { type ProviderResponse, toProviderResponse } from './dto/provider.response.dto';
import { ProviderSecrets } from './provider-secrets';
import type { Provider } from './provider.entity';
import { NO_FILTER, ProvidersRepository } from './providers.repository';

/** Providers with their models that are serialized before other requests run. */
const BATCH_SIZE = 200;

export interface ProvidersQuery extends PageQuery {
  readonly provider: ProviderKind | null;
  readonly name: string | null;
}

/**
 * `GET /v1/llm-providers`. The full list is cached until the revision in the database changes, so it is as current as
 * a list that is read each time. Pages and filtered lists come from the database.
 */
@Injectable()
export class ProvidersListService {
  private readonly fullLists = new ResponseCache();

  constructor(
    private readonly providers: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
    private readonly revisions: RevisionTracker,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list({ accountId }: Caller, query: ProvidersQuery, minRevision: number): Promise<HttpResponse> {
    const { provider, name, limit, cursor } = query;
    await this.revisions.assertPlausible(accountId, minRevision);
    const isFullList = provider === null && name === null && limit === null && cursor === null;
    if (isFullList) return this.fullList(accountId, minRevision);
    // One transaction, so that the revision, the providers and their models belong together.
    return this.unitOfWork.run(async () => {
      const revision = await this.revisions.read(accountId);
      assertReached(revision, minRevision);
      return new HttpResponse(await this.page(accountId, query), revisionHeader(revision));
    });
  }

  private async fullList(accountId: AccountId, minRevision: number): Promise<HttpResponse> {
    const revision = await this.revisions.readShared(accountId);
    assertReached(revision, minRevision);
    const { version, response } = await this.fullLists.get(accountId, [revision], () =>
      this.buildFullList(accountId),
    );
    assertReached(version[0]!, revision);
    return response;
  }

  private async buildFullList(accountId: AccountId): Promise<BuiltResponse> {
    // One transaction, so that the revision and the rows belong together.
    const { revision, items } = await this.unitOfWork.run(async () => {
      const revision = await this.revisions.read(accountId);
      const rows = await this.providers.list(accountId, NO_FILTER);
      const items = await this.toResponses(rows, await this.models.listOfAccount(accountId, null));
      return { revision, items };
    });
    const body = await jsonArray(items, BATCH_SIZE, (item) => item);
    return { version: [revision], body, headers: revisionHeader(revision) };
  }

  private async page(accountId: AccountId, query: ProvidersQuery): Promise<Page<ProviderResponse>> {
    const { provider, name, limit, cursor } = query;
    const nameKey = name === null ? null : identityKey(normaliseName(name));
    const scope = ['providers', accountId, provider ?? '', nameKey ?? ''];
    const after = cursor === null ? null : String(this.cursors.decode(scope, cursor)[0]);
    const take = limit === null ? null : limit + 1;
    const rows = await this.providers.list(accountId, { provider, nameKey, after, limit: take });
    const page = pageOf(rows, limit, (last) => this.cursors.encode(scope, [last.id]));
    const ids = page.items.map(({ id }) => id);
    const items = await this.toResponses(page.items, await this.models.listOfAccount(accountId, ids));
    return new Page(items, page.nextCursor);
  }

  private toResponses(
    providers: readonly Provider[],
    models: readonly ProviderModel[],
  ): Promise<ProviderResponse[]> {
    const byProvider = groupByProvider(models);
    return Promise.all(
      providers.map(async (provider) =>
        toProviderResponse(
          provider,
          await this.secrets.getStatus(provider),
          byProvider.get(provider.id) ?? [],
        ),
      ),
    );
  }
}

function groupByProvider(models: readonly ProviderModel[]): Map<string, ProviderModel[]> {
  const groups = new Map<string, ProviderModel[]>();
  for (const model of models) {
    const group = groups.get(model.providerId);
    if (group) group.push(model);
    else groups.set(model.providerId, [model]);
  }
  for (const group of groups.values()) group.sort(byPriority);
  return groups;
}

/** Higher first, then older first. */
function byPriority(a: ProviderModel, b: ProviderModel): number {
  return b.priority - a.priority || compareText(a.id, b.id);
}
