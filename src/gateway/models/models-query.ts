import { GatewayError } from '../dialect/gateway-error';

/** As in Anthropic's API. Its default is 20, but a picker that reads one page shows all of most registries. */
const MAX_LIMIT = 1000;

/** What a caller asks of the list of models. */
export interface ModelsQuery {
  /** The name of a provider, or null for all. */
  readonly provider: string | null;
  /** Whether to list models that cannot be called now, such as those of a provider that is switched off. */
  readonly isAll: boolean;
  /** For lists in Anthropic's form. */
  readonly page: ModelsPage;
}

export interface ModelsPage {
  readonly limit: number;
  readonly afterId: string | null;
  readonly beforeId: string | null;
}

export const WHOLE_PAGE: ModelsPage = { limit: MAX_LIMIT, afterId: null, beforeId: null };

/** Reads the known parameters and ignores all others. Throws `unsupported_parameter`. */
export function parseModelsQuery(query: URLSearchParams, isAnthropic: boolean): ModelsQuery {
  return {
    provider: query.get('provider'),
    isAll: query.get('all') === 'true',
    page: isAnthropic ? parsePage(query) : WHOLE_PAGE,
  };
}

function parsePage(query: URLSearchParams): ModelsPage {
  const limit = query.get('limit');
  const [afterId, beforeId] = [query.get('after_id'), query.get('before_id')];
  if (limit !== null && (!/^[0-9]{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT))
    throw invalid('limit', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
  if (afterId !== null && beforeId !== null)
    throw invalid('before_id', 'Send after_id or before_id, not both.');
  return { limit: limit === null ? MAX_LIMIT : Number(limit), afterId, beforeId };
}

export function unknownPosition(param: 'after_id' | 'before_id'): GatewayError {
  return invalid(param, `No listed model has the id in ${param}. Start again with the first page.`);
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param });
}
