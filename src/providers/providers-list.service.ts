import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { compareText } from '../common/compare-text';
import { identityKey } from '../common/identity-key';
import { Page, pageOf, type PageQuery } from '../common/pagination';
import { normaliseName } from '../common/text-rules';
import { CursorService } from '../crypto/cursor.service';
import { UnitOfWork } from '../database/unit-of-work';
import { HttpResponse } from '../http/response/http-response';
import { ModelsRepository } from '../models/models.repository';
import type { ProviderModel } from '../models/provider-model.entity';
import { assertReached, revisionHeader } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import type { ProviderKind } from '../upstream/base-url';
import { type ProviderResponse, toProviderResponse } from './dto/provider.response.dto';
import { ProviderSecrets } from './provider-secrets';
import type { Provider } from './provider.entity';
import { NO_FILTER, ProvidersRepository } from './providers.repository';
import { WholeLists } from './whole-lists';

export interface ProvidersQuery extends PageQuery {
  readonly provider: ProviderKind | null;
  readonly name: string | null;
}

/** `GET /v1/llm-providers`: the whole list from {@link WholeLists}, a part of it from the database. */
@Injectable()
export class ProvidersListService {
  constructor(
    private readonly providers: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
    private readonly revisions: RevisionTracker,
    private readonly wholeLists: WholeLists,
    private readonly cursors: CursorService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list({ accountId }: Caller, query: ProvidersQuery, minRevision: number): Promise<HttpResponse> {
    const { provider, name, limit, cursor } = query;
    const isWhole = provider === null && name === null && limit === null && cursor === null;
    if (isWhole) {
      const revision = await this.revisions.readShared(accountId);
      assertReached(revision, minRevision);
      return this.wholeLists.answer(accountId, revision, () => this.all(accountId));
    }
    // One transaction: the revision, the providers and their models are of one moment.
    return this.unitOfWork.run(async () => {
      const revision = await this.revisions.read(accountId);
      assertReached(revision, minRevision);
      return new HttpResponse(await this.page(accountId, query), revisionHeader(revision));
    });
  }

  private async all(accountId: AccountId): Promise<ProviderResponse[]> {
    const rows = await this.providers.list(accountId, NO_FILTER);
    return this.represent(rows, await this.models.listOfAccount(accountId, null));
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
    const items = await this.represent(page.items, await this.models.listOfAccount(accountId, ids));
    return new Page(items, page.nextCursor);
  }

  private represent(
    providers: readonly Provider[],
    models: readonly ProviderModel[],
  ): Promise<ProviderResponse[]> {
    const byProvider = groupByProvider(models);
    return Promise.all(
      providers.map(async (provider) =>
        toProviderResponse(provider, await this.secrets.status(provider), byProvider.get(provider.id) ?? []),
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
