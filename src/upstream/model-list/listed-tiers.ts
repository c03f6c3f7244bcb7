import { isJsonObject, type JsonObject } from '../../common/json-object';
import { findCount } from './entry-values';

/** Prices of long prompts, under the names of the vendor's other prices. */
export interface TierPart {
  /** The prompt has more tokens than this. Not above 0: the prices of all prompts. */
  readonly above: number;
  readonly prices: JsonObject;
}

/** The tiers of an entry. */
export interface TierParts {
  readonly parts: readonly TierPart[];
  /** Whether some tiers could not be read. */
  readonly hasOthers: boolean;
}

/** Members that hold prices of long prompts, also those of vendors that are not known. */
const TIER_MEMBER =
  /(^|_)(?<!service_)tiers$|^(is_)?tiered_|_above_\d+k_tokens$|_long_context$|^overrides$|^extended$/;

/**
 * Reads the tiers in a member. Returns undefined if the member has another style, and undefined for each tier that cannot
 * be read. `read` are the names of the prices that are read.
 */
type ReadMember = (
  key: string,
  value: unknown,
  part: JsonObject,
  read: ReadonlySet<string>,
) => readonly (TierPart | undefined)[] | undefined;

const STYLES: readonly ReadMember[] = [
  readSuffix,
  readLongContext,
  readTiersOfKind,
  readOverrides,
  readExtended,
  readRanges,
];

/** Lists the prices of long prompts in every style of docs/vendors.md, the lowest tier first. */
export function listTierParts(part: JsonObject, read: ReadonlySet<string>): TierParts {
  const members = Object.entries(part).filter(([key, value]) => TIER_MEMBER.test(key) && !isEmpty(value));
  const found = members.flatMap(([key, value]) => {
    for (const style of STYLES) {
      const tiers = style(key, value, part, read);
      if (tiers !== undefined) return tiers;
    }
    return [undefined];
  });
  const parts = found.filter((each) => each !== undefined);
  return {
    parts: parts.sort((one, other) => one.above - other.above),
    hasOthers: parts.length < found.length,
  };
}

function isEmpty(value: unknown): boolean {
  return (
    value == null || value === false || Number(value) === 0 || (Array.isArray(value) && value.length === 0)
  );
}

/** LiteLLM: `input_cost_per_token_above_200k_tokens`. */
function readSuffix(key: string, value: unknown): ReturnType<ReadMember> {
  const [, name, thousands] = /^(.+)_above_(\d+)k_tokens$/.exec(key) ?? [];
  const above = Number(thousands) * 1000;
  return name === undefined ? undefined : [isStart(above) ? { above, prices: { [name]: value } } : undefined];
}

/** xAI: `…_price_long_context`, with the first count at which these apply in `long_context_threshold`. */
function readLongContext(key: string, value: unknown, part: JsonObject): ReturnType<ReadMember> {
  const [, name] = /^(.+)_long_context$/.exec(key) ?? [];
  const threshold = findCount(part.long_context_threshold);
  if (name === undefined || threshold === undefined) return undefined;
  return [{ above: threshold - 1, prices: { [name]: value } }];
}

/** Vercel: `input_tiers` with `cost` from `min` on. */
function readTiersOfKind(key: string, value: unknown): ReturnType<ReadMember> {
  const [, name] = /^(.+)_tiers$/.exec(key) ?? [];
  if (name === undefined) return undefined;
  return readEach(value, ({ min, cost }) =>
    cost === undefined || !isStart(min ?? 0)
      ? undefined
      : { above: Number(min ?? 0) - 1, prices: { [name]: cost } },
  );
}

/**
 * OpenRouter: `overrides` with the members of `pricing`, from `min_prompt_tokens` on. Prices are strings, so any other member
 * is a condition, which is not read.
 */
function readOverrides(
  key: string,
  value: unknown,
  part: JsonObject,
  read: ReadonlySet<string>,
): ReturnType<ReadMember> {
  if (key !== 'overrides' || !Array.isArray(value)) return undefined;
  return value.flatMap((item: unknown) => {
    const { min_prompt_tokens: min, ...prices } = isJsonObject(item) ? item : {};
    if (!isStart(min) || !Object.values(prices).every(isPriceText)) return [undefined];
    const differs = (name: string) => !read.has(name) && Number(prices[name]) !== Number(part[name] ?? 0);
    const others = Object.keys(prices).some(differs) ? [undefined] : [];
    return [{ above: min - 1, prices }, ...others];
  });
}

function isPriceText(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
}

/** Venice: `extended` with the members of `pricing`, above `context_token_threshold`. */
function readExtended(key: string, value: unknown): ReturnType<ReadMember> {
  if (key !== 'extended' || !isJsonObject(value)) return undefined;
  const above = findCount(value.context_token_threshold);
  return above === undefined ? undefined : [{ above, prices: value }];
}

/** LiteLLM: `tiered_pricing`, each above the start of its `range`. */
function readRanges(key: string, value: unknown): ReturnType<ReadMember> {
  if (key !== 'tiered_pricing') return undefined;
  return readEach(value, ({ range, ...prices }) => {
    const above: unknown = Array.isArray(range) ? range[0] : undefined;
    return isStart(above) ? { above, prices } : undefined;
  });
}

function readEach(value: unknown, read: (item: JsonObject) => TierPart | undefined): ReturnType<ReadMember> {
  return Array.isArray(value)
    ? value.map((item: unknown) => (isJsonObject(item) ? read(item) : undefined))
    : undefined;
}

function isStart(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
