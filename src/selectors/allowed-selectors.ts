import { LRUCache } from 'lru-cache';
import { type FieldError, type RuleViolation } from '../common/domain-error';
import { foldCase, identityKey } from '../common/identity-key';
import { readSelector, type Selector } from './selector';

export const MAX_ALLOWED_SELECTORS = 50;
/** As JSON in UTF-8. Lists of tokens contain the selectors of many tokens. */
const MAX_ALLOWED_BYTES = 8 * 1024;

/** The name after `provider^` that stands for all models of the provider. */
const ALL = '*';

const FORMAT = '"provider^model", "provider^", "provider^*", "model", "#tag" or "provider^#tag"';

/** Identity keys of the names of providers. Computing one takes longer than the rest of a check. */
const providerKeys = new LRUCache<string, string>({ max: 10_000 });

/** What a check needs to know of a model. */
export interface SelectableModel {
  readonly model: string;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly isDefault: boolean;
}

/**
 * The models that a token may use. Each selector has its ordinary meaning, without the rules of models: `provider^` allows
 * the default of the provider, and a bare name allows that name at every provider. `provider^*` allows all models of the
 * provider. Providers compare by their identity keys, models ignore case, and tags are exact.
 */
export class AllowedSelectors {
  /** The kinds of entry differ in their first character, so that no two entries are equal by chance. */
  private readonly entries = new Set<string>();
  private readonly hasProviders: boolean;

  private constructor(
    /** As they were sent. */
    readonly texts: readonly string[],
    selectors: readonly Selector[],
  ) {
    for (const selector of selectors) this.entries.add(entryOf(selector));
    this.hasProviders = selectors.some(({ provider }) => provider !== null);
  }

  /** Ignores texts that are no selectors, so a corrupt row allows less and never more. */
  static parse(texts: readonly string[]): AllowedSelectors {
    const selectors = texts.map(readAllowedSelector).filter((each) => typeof each !== 'string');
    return new AllowedSelectors(texts, selectors);
  }

  allows(provider: string, { model, aliases, tags, isDefault }: SelectableModel): boolean {
    const { entries } = this;
    if (this.hasProviders) {
      const key = keyOfProvider(provider);
      if (entries.has(allOf(key)) || (isDefault && entries.has(defaultOf(key)))) return true;
      if (entries.has(exactOf(key, model))) return true;
      if (aliases.some((alias) => entries.has(exactOf(key, alias)))) return true;
      if (tags.some((tag) => entries.has(tagOf(key, tag)))) return true;
    }
    if (entries.has(exactOf('', model)) || aliases.some((alias) => entries.has(exactOf('', alias))))
      return true;
    return tags.some((tag) => entries.has(tagOf('', tag)));
  }

  /** Whether `other` allows all that these selectors allow, now and after every change of the registry. */
  isSubsetOf(other: AllowedSelectors): boolean {
    return [...this.entries].every((entry) => other.covers(entry));
  }

  private covers(entry: string): boolean {
    const { entries } = this;
    if (entries.has(entry)) return true;
    const kind = entry[0]!;
    const [key, name] = splitEntry(entry);
    return key !== '' && (entries.has(allOf(key)) || (name !== '' && entries.has(`${kind}:${name}`)));
  }
}

/** Whether a caller with these `allowedSelectors` may use the model of the provider. Null allows all. */
export function isAllowed(
  { allowedSelectors }: { readonly allowedSelectors: AllowedSelectors | null },
  provider: string,
  model: SelectableModel,
): boolean {
  return allowedSelectors === null || allowedSelectors.allows(provider, model);
}

/** Returns why a list cannot be the allowed selectors of a token, each problem with its JSON pointer. */
export function allowedSelectorsProblems(value: unknown, pointer: string): readonly FieldError[] {
  if (!Array.isArray(value)) return [{ pointer, code: 'type', detail: 'Must be a list of selectors.' }];
  if (value.length === 0 || value.length > MAX_ALLOWED_SELECTORS) {
    const detail = `Must have 1 to ${MAX_ALLOWED_SELECTORS} selectors. Leave the field out to allow all models.`;
    return [{ pointer, code: 'length', detail }];
  }
  const problems = value.flatMap((text, index): FieldError[] => {
    const problem = allowedSelectorProblem(text);
    return problem === null ? [] : [{ pointer: `${pointer}/${index}`, ...problem }];
  });
  if (problems.length > 0) return problems;
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_ALLOWED_BYTES) return [];
  return [{ pointer, code: 'size', detail: 'Must not exceed 8 KiB as JSON in UTF-8.' }];
}

function allowedSelectorProblem(text: unknown): RuleViolation | null {
  if (typeof text !== 'string') return { code: 'type', detail: 'Must be a string.' };
  const problem = readAllowedSelector(text);
  return typeof problem === 'string' ? { code: 'format', detail: `Must be ${FORMAT}: ${problem}.` } : null;
}

/** Returns the selector, or why the text cannot allow a model. */
function readAllowedSelector(text: string): Selector | string {
  const selector = readSelector(text);
  if (typeof selector === 'string') return selector;
  if (selector.kind === 'auto') return 'it names no model';
  return text.trim() === ALL ? 'no provider is named before "^*"' : selector;
}

function entryOf(selector: Selector): string {
  const key = selector.provider === null ? '' : keyOfProvider(selector.provider);
  switch (selector.kind) {
    case 'exact':
      return selector.name === ALL ? allOf(key) : exactOf(key, selector.name);
    case 'model':
      return exactOf('', selector.name);
    case 'tag':
      return tagOf(key, selector.name);
    default:
      return defaultOf(key);
  }
}

const allOf = (key: string): string => `*${key}:`;
const defaultOf = (key: string): string => `^${key}:`;
const exactOf = (key: string, model: string): string => `=${key}:${foldCase(model)}`;
const tagOf = (key: string, tag: string): string => `#${key}:${tag}`;

/** Keys of providers are hexadecimal, so the first colon ends one. */
function splitEntry(entry: string): [key: string, name: string] {
  const colon = entry.indexOf(':');
  return [entry.slice(1, colon), entry.slice(colon + 1)];
}

function keyOfProvider(name: string): string {
  const trimmed = name.trim();
  let key = providerKeys.get(trimmed);
  if (key === undefined) providerKeys.set(trimmed, (key = identityKey(trimmed)));
  return key;
}
