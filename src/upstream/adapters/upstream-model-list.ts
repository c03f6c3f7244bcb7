import { isJsonObject, type JsonObject } from '../../common/json-object';
import { TextSearch } from '../../common/text-search';
import { CallBudget } from '../client/call-budget';
import { upstreamInvalidResponse } from '../upstream-error';
import { findTimeoutMs, type UpstreamTarget } from '../upstream-target';
import { type UpstreamModel } from './upstream-adapter';

const LIST_DEADLINE_MS = 20_000;
const LIST_MAX_BYTES = 8 * 1024 * 1024;
const MAX_MODELS = 10_000;
/** UTF-16 code units. A model in Caret has at most 200, and a longer id takes long to fold or to send in a URL. */
const MAX_ID_LENGTH = 4096;
/** Shorter keys are not searched for: Ollama accepts any key, and a word may occur in a model name. */
const MIN_KEY_LENGTH = 16;

/** Creates the budget that all pages of one list share. `timeout_ms` can only shorten its deadline. */
export function createListBudget(target: UpstreamTarget, signal?: AbortSignal): CallBudget {
  return new CallBudget(
    Math.min(findTimeoutMs(target) ?? LIST_DEADLINE_MS, LIST_DEADLINE_MS),
    LIST_MAX_BYTES,
    undefined,
    signal,
  );
}

/**
 * Collects models from all pages of a list. Keeps the first entry of each id. Throws `upstream_invalid_response` for
 * invalid entries and for more than 10,000 models.
 */
export class UpstreamModelList {
  private readonly models = new Map<string, UpstreamModel>();
  private readonly keySearch: TextSearch | null;

  /** Rejects entries that contain `apiKey`, because every reader of the list would see it. */
  constructor(apiKey: string) {
    this.keySearch = apiKey.length >= MIN_KEY_LENGTH ? new TextSearch(apiKey) : null;
  }

  get size(): number {
    return this.models.size;
  }

  add(entries: unknown, toModel: (id: string, entry: JsonObject) => UpstreamModel): void {
    if (!Array.isArray(entries)) throw upstreamInvalidResponse('is not a list of models');
    for (const entry of entries as unknown[]) {
      if (!isJsonObject(entry) || typeof entry.id !== 'string' || entry.id === '') {
        throw upstreamInvalidResponse('lists a model without an id');
      }
      assertIdLength(entry.id);
      if (this.models.has(entry.id)) continue;
      const model = toModel(entry.id, entry);
      this.rejectApiKey(model);
      this.models.set(entry.id, model);
      if (this.models.size > MAX_MODELS)
        throw upstreamInvalidResponse(`lists more than ${MAX_MODELS} models`);
    }
  }

  toArray(): UpstreamModel[] {
    return [...this.models.values()];
  }

  private rejectApiKey(model: UpstreamModel): void {
    const { id, name, type = '', inputModalities = [], outputModalities = [] } = model;
    // Most upstreams send the id as the name, which takes time to search twice.
    const texts = new Set([id, name, type, ...inputModalities, ...outputModalities]);
    if ([...texts].some((text) => this.keySearch?.isIn(text)))
      throw upstreamInvalidResponse('repeats the API key');
  }
}

/** Throws `upstream_invalid_response` for an id that is too long. */
export function assertIdLength(id: string): void {
  if (id.length > MAX_ID_LENGTH)
    throw upstreamInvalidResponse(`has a model id that is longer than ${MAX_ID_LENGTH} characters`);
}

/** Returns the first non-empty string. */
export function findText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find(
    (candidate): candidate is string => typeof candidate === 'string' && candidate !== '',
  );
}

/** Returns the first positive integer. */
export function findCount(...candidates: readonly unknown[]): number | undefined {
  return candidates.find(
    (candidate): candidate is number => Number.isSafeInteger(candidate) && (candidate as number) > 0,
  );
}

/** Returns the strings of a list, or undefined if there are none. */
export function findTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === 'string');
  return found.length > 0 ? found : undefined;
}
