import { isJsonObject } from '../../common/json-object';
import { yieldIfLong } from '../../common/yield-if-long';
import { type UpstreamModel, type UpstreamModels } from '../adapters/upstream-adapter';
import { upstreamInvalidResponse } from '../upstream-error';
import { callableName } from './callable-name';
import type { ListedEntries } from './find-entries';
import { parseModel } from './parse-model';
import { SecretSearch } from './secret-search';

export const MAX_MODELS = 50_000;
/** UTF-16 code units. A longer id takes long to fold, and an import skips ids of more than 512 characters anyway. */
const MAX_ID_LENGTH = 4096;

/**
 * Collects models from all pages of a list. Keeps the first entry of each name and counts entries without a usable one.
 * Reads at most 50,000 models and counts the rest.
 */
export class UpstreamModelList {
  /** How many entries were read. An entry that an earlier page had, too, counts once. */
  entries = 0;
  lastId: string | null = null;

  private readonly models = new Map<string, UpstreamModel>();
  private readonly secrets: SecretSearch;
  private unreadable = 0;
  private beyond = 0;

  /** Rejects entries that contain a secret, because every reader of the list would see it. */
  constructor(secrets: readonly string[]) {
    this.secrets = new SecretSearch(secrets);
  }

  get isFull(): boolean {
    return this.models.size >= MAX_MODELS;
  }

  /** Adds a page from `url`. Returns whether it differs from earlier pages. */
  async add({ entries, isNative }: ListedEntries, url: URL): Promise<boolean> {
    const added = new Set<string>();
    let repeated = 0;
    let unreadable = 0;
    for (const entry of entries) {
      await yieldIfLong();
      const id = isJsonObject(entry) ? callableName(entry, isNative) : undefined;
      if (!isJsonObject(entry) || id === undefined || id.length > MAX_ID_LENGTH) {
        unreadable += 1;
        continue;
      }
      this.lastId = id;
      if (this.models.has(id)) {
        if (!added.has(id)) repeated += 1;
        continue;
      }
      if (this.isFull) {
        this.beyond += 1;
        continue;
      }
      const model = parseModel(id, entry, url);
      this.rejectSecrets(model);
      this.models.set(id, model);
      added.add(id);
    }
    const isNew = added.size > 0 || (entries.length > 0 && unreadable === entries.length);
    if (isNew) {
      this.entries += entries.length - repeated;
      this.unreadable += unreadable;
    }
    return isNew;
  }

  /**
   * Returns what was read. `cut` says that there is more than that, and `total` how many models the upstream counts, if it
   * says so. Throws `upstream_invalid_response` if no entry was readable.
   */
  toResult(cut: boolean, total: number | null, status: number): UpstreamModels {
    const { unreadable } = this;
    if (unreadable > 0 && this.models.size === 0) {
      throw upstreamInvalidResponse(`lists ${unreadable} models, none of them with an id`, status);
    }
    const rest = cut ? (total === null ? null : Math.max(0, total - this.entries)) : 0;
    const left = rest === null ? null : rest + this.beyond;
    return { models: [...this.models.values()], truncated: cut || this.beyond > 0, left, unreadable };
  }

  private rejectSecrets(model: UpstreamModel): void {
    const { id, name, type = '', inputModalities = [], outputModalities = [] } = model;
    // Most upstreams send the id as the name, which takes time to search twice.
    const texts = new Set([id, name, type, ...inputModalities, ...outputModalities]);
    if ([...texts].some((text) => this.secrets.isIn(text)))
      throw upstreamInvalidResponse('repeats the API key or a secret header', 200);
  }
}
