import type { Usage } from './prompt-cache';

/** One line of the upstream's bill: a request that it began to serve. */
export interface BillLine extends Usage {
  /** The path after `/v1/`. */
  readonly endpoint: string;
  readonly model: string;
  readonly stream: boolean;
  /** The upstream's request id. */
  readonly requestId: string;
  /** Whether the whole reply went out. If not, the output is what had been generated. */
  isComplete: boolean;
}

/** Adds up the lines of a bill. */
export function totalOf(bill: readonly BillLine[]): Usage & { calls: number } {
  const total = {
    calls: bill.length,
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  };
  for (const line of bill) {
    total.inputTokens += line.inputTokens;
    total.cacheReadTokens += line.cacheReadTokens;
    total.cacheWriteTokens += line.cacheWriteTokens;
    total.outputTokens += line.outputTokens;
    total.reasoningTokens += line.reasoningTokens;
  }
  return total;
}
