import { isJsonObject, type JsonObject } from '../../common/json-object';
import { wallClock } from '../../common/timestamp';
import { findText, valueAt } from './entry-values';

export const LIFECYCLES = ['active', 'preview', 'deprecated', 'retired'] as const;

export type Lifecycle = (typeof LIFECYCLES)[number];

/** What a list says about the use of a model. Absent: it says nothing. */
export interface ModelStatus {
  readonly callable?: boolean;
  readonly lifecycle?: Lifecycle;
}

const LIFECYCLE_WORDS: ReadonlyMap<string, Lifecycle> = new Map([
  ...pair('active', 'active', 'ga', 'generally-available', 'stable', 'production', 'live', 'serving'),
  ...pair('preview', 'preview', 'beta', 'alpha', 'experimental', 'early-access'),
  ...pair('deprecated', 'deprecated', 'deprecating', 'legacy', 'retiring', 'sunset', 'sunsetting'),
  ...pair('retired', 'retired', 'shutdown', 'shut-down', 'decommissioned', 'removed', 'eol', 'end-of-life'),
]);
/** Words for a model that cannot be called now, though it may be later. */
const UNCALLABLE_WORDS =
  /^(offline|inactive|disabled|unavailable|error|failed|maintenance|staging|pending|creating|deleted|deleting|archived|suspended)$/;
const CALLABLE_WORDS = /^(active|live|online|available|serving|ready|loaded|running|enabled)$/;

/** Members with a word: Azure, Bedrock, Ark, llama.cpp's router and others. */
const WORD_PATHS = [
  'lifecycle_status',
  'lifecycle',
  'modelLifecycle.status',
  'lifecycle_stage',
  'stage',
  'status',
  'status.value',
  'availability',
];
/** Members that are true if the model can be called: Groq, Azure, Featherless and others. */
const POSITIVE_PATHS = [
  'active',
  'is_active',
  'capabilities.inference',
  'available',
  'is_available',
  'available_on_current_plan',
  'enabled',
  'is_enabled',
];
/** Members that are true if it cannot: Mistral, Venice and others. */
const NEGATIVE_PATHS = [
  'archived',
  'offline',
  'model_spec.offline',
  'disabled',
  'is_disabled',
  'retired',
  'inactive',
];
/** Members that are true if the model will be shut down. */
const DEPRECATED_PATHS = ['deprecated', 'is_deprecated', 'model_spec.deprecated', 'model_info.deprecated'];
const PREVIEW_PATHS = ['preview', 'is_preview', 'beta', 'model_spec.beta'];
/** Members with the date of the shutdown. Azure nests it and gives seconds. */
const END_PATHS = [
  'deprecation.inference',
  'deprecation',
  'deprecation_date',
  'expiration_date',
  'retirement_date',
  'shutdown_date',
  'sunset_date',
  'modelLifecycle.endOfLifeTime',
];

/** Reads what an entry says about its status. A wildcard of LiteLLM, such as `openai/*`, is no model. */
export function parseStatus(name: string, entry: JsonObject): ModelStatus {
  const words = WORD_PATHS.map((path) => valueAt(entry, path))
    .filter((value): value is string => typeof value === 'string')
    .map((word) =>
      word
        .trim()
        .toLowerCase()
        .replace(/[\s_]+/g, '-'),
    );
  const lifecycle = findLifecycle(entry, words);
  const callable = name.includes('*') || lifecycle === 'retired' ? false : findCallable(entry, words);
  return {
    ...(callable === undefined ? {} : { callable }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
  };
}

function findLifecycle(entry: JsonObject, words: readonly string[]): Lifecycle | undefined {
  const ends = END_PATHS.map((path) => toMs(valueAt(entry, path))).find((ms) => ms !== undefined);
  if (ends !== undefined && ends <= wallClock()) return 'retired';
  const said = words.map((word) => LIFECYCLE_WORDS.get(word)).find((each) => each !== undefined);
  if (isTrue(entry, DEPRECATED_PATHS)) return 'deprecated';
  if (said !== undefined) return said;
  // Azure announces an end for every model, so there its own word decides.
  if (ends !== undefined && !isJsonObject(entry.deprecation)) return 'deprecated';
  return isTrue(entry, PREVIEW_PATHS) ? 'preview' : undefined;
}

function findCallable(entry: JsonObject, words: readonly string[]): boolean | undefined {
  const positive = POSITIVE_PATHS.map((path) => valueAt(entry, path)).filter(
    (value) => typeof value === 'boolean',
  );
  const hosts = Array.isArray(entry.providers) ? (entry.providers as unknown[]).filter(isJsonObject) : [];
  const hostWords = hosts.map(({ status }) => status).filter((status) => typeof status === 'string');
  if (positive.includes(false) || isTrue(entry, NEGATIVE_PATHS)) return false;
  if (words.some((word) => UNCALLABLE_WORDS.test(word))) return false;
  if (findText(valueAt(entry, 'policy.state')) === 'disabled') return false;
  if (hostWords.length > 0) return hostWords.some((word) => CALLABLE_WORDS.test(word));
  return positive.includes(true) || words.some((word) => CALLABLE_WORDS.test(word)) ? true : undefined;
}

function isTrue(entry: JsonObject, paths: readonly string[]): boolean {
  return paths.some((path) => valueAt(entry, path) === true);
}

/** Reads a date, or seconds since 1970. */
function toMs(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}

function pair(lifecycle: Lifecycle, ...words: readonly string[]): [string, Lifecycle][] {
  return words.map((word) => [word, lifecycle]);
}
