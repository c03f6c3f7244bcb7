import type { MatchLogic } from '@pydantic/genai-prices';

/** What may follow the name of a model without naming another one: a date, a version, `latest` or a window of 1M. */
const SUFFIX =
  /(-v\d+:\d+|[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-\d{2}-\d{4}|-\d{2}-\d{2}|[-@]latest|@default|-\d{3,4}|\[1m\])$/;
const MAX_SUFFIXES = 3;
/** A region of Bedrock, or the path of a model at Vertex AI. */
const PREFIX = /^(?:(?:us|eu|apac|au|jp|ca|sa|us-gov)\.|.*\/)/;
/** OpenAI's fine-tuned models have the organisation and an id behind the name of the base. */
const FINE_TUNED = /^(ft:[^:]+):.*$/;
/** Names in the catalogue may end in the middle of a date or with a separator. */
const OPEN_END = /(-20\d{2})?[-@.:]*$/;

/**
 * Returns whether an entry of the catalogue is about this model and not only about models whose names start alike. The
 * catalogue matches `claude-sonnet-4-5` to `claude-sonnet-4-5-mini`, which would get the price of another model.
 */
export function isNamedBy(entryId: string, match: MatchLogic, modelId: string): boolean {
  const id = modelId.toLowerCase();
  const names = new Set([entryId, ...listNames(match)].flatMap((name) => listStems(name.toLowerCase())));
  return listSpellings(id).some((spelling) => names.has(spelling)) || matchesWhole(match, modelId);
}

function listNames(match: MatchLogic): string[] {
  if ('or' in match) return match.or.flatMap(listNames);
  if ('and' in match) return match.and.flatMap(listNames);
  if ('regex' in match) return [];
  return Object.values<string>(match);
}

/** Returns whether a pattern for complete names matches. */
function matchesWhole(match: MatchLogic, id: string): boolean {
  if ('or' in match) return match.or.some((each) => matchesWhole(each, id));
  return 'regex' in match && /^\^.*\$$/.test(match.regex) && new RegExp(match.regex).test(id);
}

function listStems(name: string): string[] {
  const closed = name.replace(OPEN_END, '');
  return [name, closed, closed.replace(PREFIX, '')];
}

function listSpellings(id: string): string[] {
  const base = id.replace(FINE_TUNED, '$1');
  const spellings = new Set([id, base]);
  let stem = base;
  for (let count = 0; count < MAX_SUFFIXES && SUFFIX.test(stem); count++) {
    stem = stem.replace(SUFFIX, '');
    spellings.add(stem);
  }
  return [...spellings].flatMap((spelling) => [spelling, spelling.replace(PREFIX, '')]);
}
