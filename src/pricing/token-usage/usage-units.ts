import { UNIT_KINDS, type UnitKind } from '../price-kinds';
import type { UnitCount } from './token-usage';
import type { Count, Path, UsageReader } from './usage-reader';

/** The objects in which vendors count the calls of their tools: Anthropic and OpenRouter, xAI, LiteLLM. */
const TOOL_OBJECTS: readonly Path[] = [
  [],
  ['server_tool_use'],
  ['server_tool_use_details'],
  ['server_side_tool_usage_details'],
  ['server_side_tool_usage'],
  ['prompt_tokens_details'],
  ['input_tokens_details'],
];

/** The names of each unit in those objects, and its whole paths elsewhere. */
const UNIT_NAMES: Readonly<
  Record<Exclude<UnitKind, 'request'>, { readonly names: readonly string[]; readonly paths: readonly Path[] }>
> = {
  web_search: {
    names: ['web_search_requests', 'web_search_calls', 'num_search_queries', 'SERVER_SIDE_TOOL_WEB_SEARCH'],
    // Qwen, then OpenAI's `tool_usage`.
    paths: [
      ['plugins', 'search', 'count'],
      ['x_tools', 'web_search', 'count'],
      ['tool_usage', 'web_search', 'num_requests'],
      // Perplexity's Agent API.
      ['tool_calls_details', 'web_search', 'invocation'],
      ['tool_calls_details', 'search_web', 'invocation'],
    ],
  },
  x_search: {
    names: ['x_search_calls', 'x_search_requests', 'SERVER_SIDE_TOOL_X_SEARCH'],
    paths: [],
  },
  code_execution: {
    names: [
      'code_execution_requests',
      'code_execution_calls',
      'code_interpreter_calls',
      'SERVER_SIDE_TOOL_CODE_EXECUTION',
      'SERVER_SIDE_TOOL_CODE_INTERPRETER',
    ],
    paths: [['x_tools', 'code_interpreter', 'count']],
  },
  file_search: {
    names: [
      'file_search_calls',
      'file_search_requests',
      'collections_search_calls',
      'SERVER_SIDE_TOOL_FILE_SEARCH',
      'SERVER_SIDE_TOOL_COLLECTIONS_SEARCH',
    ],
    paths: [],
  },
  search_unit: { names: ['search_units'], paths: [['billed_units', 'search_units']] },
};

/** A field that changes the fee for the request: Perplexity's size of the search context. */
const REQUEST_FEE: Path = ['search_context_size'];

/** The units of a usage by kind. */
export const OWN_UNITS: readonly Path[] = UNIT_KINDS.map((kind) => [kind]);

/** Reads the units of a usage by kind. */
export function readOwnUnits(reader: UsageReader): UnitCount[] {
  return UNIT_KINDS.flatMap((kind) => unitOf(kind, reader.count([kind])));
}

/** Reads the units of a vendor's usage, which is one request. */
export function readVendorUnits(reader: UsageReader): UnitCount[] {
  const fee = reader.field(REQUEST_FEE);
  const request: UnitCount = {
    kind: 'request',
    quantity: 1,
    pointer: fee.value === null ? null : fee.pointer,
  };
  const others = UNIT_KINDS.filter((kind) => kind !== 'request').flatMap((kind) => {
    const { names, paths } = UNIT_NAMES[kind];
    const all = [...TOOL_OBJECTS.flatMap((object) => names.map((name) => [...object, name])), ...paths];
    return unitOf(kind, reader.largest(all.filter((path) => reader.hasAny([path]))));
  });
  return [request, ...others];
}

function unitOf(kind: UnitKind, { tokens: quantity, pointer }: Count): UnitCount[] {
  return quantity > 0 ? [{ kind, quantity, pointer }] : [];
}
