import { UNIT_KINDS, type UnitKind } from '../price-kinds';
import type { NotPriced, UnitCount } from './token-usage';
import { type Count, largestOf, type UsageReader } from './usage-reader';

/** The objects in which vendors count the calls of their tools: Anthropic and OpenRouter, xAI, LiteLLM. */
const TOOL_OBJECTS = [
  '',
  'server_tool_use/',
  'server_tool_use_details/',
  'server_side_tool_usage_details/',
  'server_side_tool_usage/',
  'prompt_tokens_details/',
  'input_tokens_details/',
];

/** The paths of a count that has these names in each of those objects. */
const inTools = (...names: readonly string[]): string[] =>
  TOOL_OBJECTS.flatMap((object) => names.map((name) => object + name));

const UNIT_PATHS: Readonly<Record<Exclude<UnitKind, 'request'>, readonly string[]>> = {
  web_search: [
    ...inTools(
      'web_search_requests',
      'web_search_calls',
      'num_search_queries',
      'SERVER_SIDE_TOOL_WEB_SEARCH',
    ),
    // Qwen.
    'plugins/search/count',
    'x_tools/web_search/count',
    // OpenAI.
    'tool_usage/web_search/num_requests',
    // Perplexity's Agent API.
    'tool_calls_details/web_search/invocation',
    'tool_calls_details/search_web/invocation',
  ],
  x_search: inTools('x_search_calls', 'x_search_requests', 'SERVER_SIDE_TOOL_X_SEARCH'),
  code_execution: [
    ...inTools(
      'code_execution_requests',
      'code_execution_calls',
      'code_interpreter_calls',
      'SERVER_SIDE_TOOL_CODE_EXECUTION',
      'SERVER_SIDE_TOOL_CODE_INTERPRETER',
    ),
    'x_tools/code_interpreter/count',
  ],
  file_search: inTools(
    'file_search_calls',
    'file_search_requests',
    'collections_search_calls',
    'SERVER_SIDE_TOOL_FILE_SEARCH',
    'SERVER_SIDE_TOOL_COLLECTIONS_SEARCH',
  ),
  search_unit: ['billed_units/search_units', ...inTools('search_units')],
};

/** A field that changes the fee for the request: Perplexity's size of the search context. */
const REQUEST_FEE = 'search_context_size';

/** The units of a usage by kind. */
export const OWN_UNITS: readonly string[] = UNIT_KINDS;

/** Reads the units of a usage by kind. */
export function readOwnUnits(reader: UsageReader): UnitCount[] {
  return UNIT_KINDS.flatMap((kind) => unitOf(kind, reader.count(kind)));
}

/** Reads the units of a vendor's usage, which is one request. Libraries add several and state their number. */
export function readVendorUnits(reader: UsageReader): UnitCount[] {
  const fee = reader.field(REQUEST_FEE);
  const requests = reader.field('requests')?.value;
  const request: UnitCount = {
    kind: 'request',
    quantity: Number.isSafeInteger(requests) ? Math.max(1, requests as number) : 1,
    pointer: fee?.pointer ?? null,
  };
  const others = UNIT_KINDS.filter((kind) => kind !== 'request').flatMap((kind) => {
    const paths = UNIT_PATHS[kind].filter((path) => reader.hasAny([path]));
    return paths.length === 0 ? [] : unitOf(kind, reader.largest(paths));
  });
  return [request, ...others];
}

/**
 * Lists the counts that differ from another name of the same unit, such as xAI's `code_execution_calls` and
 * `code_interpreter_calls`, which are one tool (docs.x.ai/developers/pricing). The larger count is priced.
 */
export function contradictoryUnits(reader: UsageReader): NotPriced[] {
  return Object.entries(UNIT_PATHS).flatMap(([kind, paths]) => {
    const counts = paths.filter((path) => reader.hasAny([path])).map((path) => reader.count(path));
    if (counts.length < 2) return [];
    const priced = largestOf(counts);
    const reason = `Another name of ${kind} has ${priced.tokens}, which is priced.`;
    return counts
      .filter(({ tokens }) => tokens > 0 && tokens < priced.tokens)
      .map(({ tokens, pointer }) => ({ pointer, quantity: tokens, reason }));
  });
}

function unitOf(kind: UnitKind, { tokens: quantity, pointer }: Count): UnitCount[] {
  return quantity > 0 ? [{ kind, quantity, pointer }] : [];
}
