import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AccountId } from '../auth/caller';
import { jsonArray } from '../common/batches';
import { UnitOfWork } from '../database/unit-of-work';
import { etagOfText } from '../http/response/etag';
import { HttpResponse } from '../http/response/http-response';
import { assertReached, revisionHeader } from '../registry/revision-header';
import { RevisionTracker } from '../registry/revision-tracker';
import type { ProviderResponse } from './dto/provider.response.dto';

/** Providers with their models; after so many others get their turn. */
const BATCH_SIZE = 200;

/** All kept lists together, in bytes. */
const CACHE_BYTES = 64 * 1024 * 1024;

interface WholeList {
  readonly revision: number;
  readonly bytes: Buffer;
  readonly answer: HttpResponse;
}

/**
 * An account's whole registry as the list answers it, kept as bytes for as long as the revision in the database says
 * that nothing has changed. So it is as current as a list that is read each time.
 */
@Injectable()
export class WholeLists {
  private readonly lists = new LRUCache<AccountId, WholeList>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length,
  });
  private readonly building = new Map<AccountId, Promise<WholeList>>();

  constructor(
    private readonly revisions: RevisionTracker,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The list at `revision`, which was just read from the database, or at a later one. */
  async answer(
    accountId: AccountId,
    revision: number,
    read: () => Promise<readonly ProviderResponse[]>,
  ): Promise<HttpResponse> {
    const known = this.lists.get(accountId);
    // A later one is of a write that came between, or of before the database was restored.
    if (known?.revision === revision) return known.answer;
    let list = await this.join(accountId, read);
    // What others were building may have begun before that revision; a second one has not.
    if (list.revision < revision) list = await this.join(accountId, read);
    assertReached(list.revision, revision);
    return list.answer;
  }

  private join(accountId: AccountId, read: () => Promise<readonly ProviderResponse[]>): Promise<WholeList> {
    const known = this.building.get(accountId);
    if (known) return known;
    const pending = this.build(accountId, read).finally(() => this.building.delete(accountId));
    this.building.set(accountId, pending);
    return pending;
  }

  private async build(
    accountId: AccountId,
    read: () => Promise<readonly ProviderResponse[]>,
  ): Promise<WholeList> {
    // One transaction: the revision and the rows are of one moment.
    const { revision, items } = await this.unitOfWork.run(async () => ({
      revision: await this.revisions.read(accountId),
      items: await read(),
    }));
    const bytes = await jsonArray(items, BATCH_SIZE, (item) => item);
    const list = {
      revision,
      bytes,
      answer: new HttpResponse(bytes, revisionHeader(revision), etagOfText(bytes)),
    };
    this.lists.set(accountId, list);
    return list;
  }
}
