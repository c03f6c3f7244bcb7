import { countInput } from './model/pieces';

/** Token counts of one request. The input excludes what the cache read or wrote. */
export interface Usage {
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  /** Part of the output. */
  reasoningTokens: number;
}

/** The cached prefixes of all requests. */
export class PromptCache {
  private readonly prefixes = new Set<string>();

  /**
   * Counts the input of a request.
   *
   * @param prefix what the request caches, such as its tools and its system prompt, or null
   */
  count(prefix: unknown, rest: unknown): Usage {
    const usage = { cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const inputTokens = 3 + countInput(rest);
    const cached = countInput(prefix);
    if (cached === 0) return { inputTokens, ...usage };
    const key = JSON.stringify(prefix);
    const isKnown = this.prefixes.has(key);
    this.prefixes.add(key);
    return { inputTokens, ...usage, [isKnown ? 'cacheReadTokens' : 'cacheWriteTokens']: cached };
  }
}
