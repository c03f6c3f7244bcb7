import Big from 'big.js';
import type { ReportedCost } from './token-usage';
import type { UsageReader } from './usage-reader';

/** Where vendors state their bill, and how many of its units are a dollar. Perplexity, OpenRouter and LiteLLM, xAI. */
const BILLS: readonly { readonly path: string; readonly perDollar: number }[] = [
  { path: 'cost/total_cost', perDollar: 1 },
  { path: 'cost', perDollar: 1 },
  // docs.x.ai/developers/cost-tracking: a dollar has 10^10 ticks.
  { path: 'cost_in_usd_ticks', perDollar: 1e10 },
];

/** Reads the vendor's own bill. Values that are no amounts are ignored, because nothing is calculated with them. */
export function readReportedCost(reader: UsageReader): ReportedCost | null {
  const currency = reader.peek('cost/currency');
  if (typeof currency === 'string' && currency !== 'USD') return null;
  for (const { path, perDollar } of BILLS) {
    const value = reader.field(path)?.value;
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
      const cost = new Big(String(value)).times(new Big(1).div(perDollar));
      return { cost: cost.toFixed(), currency: 'USD', source: path.replace('/', '.') };
    }
  }
  return null;
}
