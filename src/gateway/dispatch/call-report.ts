import type { AttemptOutcome } from '../../usage/usage-record';
import type { Attempt } from './attempt';
import type { CallState } from './call-state';
import { structuredString } from './structured-list';

/**
 * Returns the attempts so far as a List of RFC 8941: `"main^gpt";status=503;ms=120, "spare^gpt";status=200;ms=340`. An
 * attempt without a response has its code in place of the status.
 */
export function attemptLog({ log }: CallState): string {
  return log
    .map(({ selector, status, code, ms }) => {
      const result = status === null ? `code=${code}` : `status=${status}`;
      return `${structuredString(selector)};${result};ms=${Math.round(ms)}`;
    })
    .join(', ');
}

/** Returns the JSON of the comment that ends a stream. */
export function streamReport(state: CallState, { target }: Attempt, outcome: AttemptOutcome): string {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = outcome;
  return JSON.stringify({
    selector: target.selector,
    attempts: state.attempts,
    cost: outcome.cost,
    usage: {
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      cache_read_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens,
      reasoning_tokens: reasoningTokens,
    },
    usage_source: outcome.usageSource,
    attempt_log: attemptLog(state),
  });
}
