import { isJsonObject, type JsonObject } from '../../common/json-object';
import { CallBudget } from '../client/upstream-call';
import { upstreamInvalidResponse } from '../upstream-error';
import { timeoutOf, type UpstreamTarget } from '../upstream-target';
import { type UpstreamModel } from './upstream-adapter';

const LIST_DEADLINE_MS = 20_000;
const LIST_MAX_BYTES = 8 * 1024 * 1024;
const MAX_MODELS = 10_000;
/** A shorter key may be a word that models have in their names: Ollama takes any. */
const SHORTEST_KEY = 16;

/** Limits of api.md, "Discovery and checks", for all pages of one list together. */
export function listBudget(target: UpstreamTarget): CallBudget {
  return new CallBudget(Math.min(timeoutOf(target) ?? LIST_DEADLINE_MS, LIST_DEADLINE_MS), LIST_MAX_BYTES);
}

/** Collects models over pages: each id once, the first wins; too many are an invalid answer. */
export class ModelList {
  private readonly models = new Map<string, UpstreamModel>();

  /** `apiKey`: what the list was asked with. An upstream that repeats it would have it shown to every reader. */
  constructor(private readonly apiKey: string) {}

  add(entries: unknown, toModel: (id: string, entry: JsonObject) => UpstreamModel): void {
    if (!Array.isArray(entries)) throw upstreamInvalidResponse('is not a list of models');
    for (const entry of entries as unknown[]) {
      if (!isJsonObject(entry) || typeof entry.id !== 'string' || entry.id === '') {
        throw upstreamInvalidResponse('lists a model without an id');
      }
      if (!this.models.has(entry.id)) this.models.set(entry.id, this.withoutKey(toModel(entry.id, entry)));
      if (this.models.size > MAX_MODELS)
        throw upstreamInvalidResponse(`lists more than ${MAX_MODELS} models`);
    }
  }

  all(): UpstreamModel[] {
    return [...this.models.values()];
  }

  private withoutKey(model: UpstreamModel): UpstreamModel {
    const { id, name, type = '', inputModalities = [], outputModalities = [] } = model;
    const texts = [id, name, type, ...inputModalities, ...outputModalities];
    if (this.apiKey.length >= SHORTEST_KEY && texts.some((text) => text.includes(this.apiKey)))
      throw upstreamInvalidResponse('repeats the API key');
    return model;
  }
}

/** The first that is a non-empty string. */
export function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find(
    (candidate): candidate is string => typeof candidate === 'string' && candidate !== '',
  );
}

/** The first that is a positive whole number. */
export function firstCount(...candidates: readonly unknown[]): number | undefined {
  return candidates.find(
    (candidate): candidate is number => Number.isSafeInteger(candidate) && (candidate as number) > 0,
  );
}

/** A list of strings that is not empty. */
export function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === 'string');
  return found.length > 0 ? found : undefined;
}
