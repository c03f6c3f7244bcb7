import type { Rates } from '../../pricing/rate-table';
import type { GatewayEndpoint } from '../dialect/endpoint';
import type { RequestedCall } from '../request/requested-call';

/** The assumed output of a call without a limit, in tokens. */
const DEFAULT_OUTPUT = 8192;
const DECIMALS = 12;

/**
 * Returns the estimated cost of an attempt in US dollars, or null if a price is unknown. The ledger uses it if the process
 * ends before the attempt.
 */
export function reservedCost(
  { input, output, multiplier }: Rates,
  { maxTokens, choices }: RequestedCall,
  inputTokens: number,
  { path }: GatewayEndpoint,
): string | null {
  if (path === 'messages/count_tokens') return '0';
  const outputTokens = path === 'embeddings' ? 0 : (maxTokens ?? DEFAULT_OUTPUT) * choices;
  if (input === null || (output === null && outputTokens > 0)) return null;
  return (((inputTokens * input + outputTokens * (output ?? 0)) / 1000) * multiplier).toFixed(DECIMALS);
}
