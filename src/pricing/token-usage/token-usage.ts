/** The kinds of tokens that have a rate of their own, in the order in which answers list them. */
export const TOKEN_KINDS = ['input', 'output', 'cache_write', 'cache_read'] as const;

export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The tokens of a usage by kind, each token counted once: `input` is what was neither written to a cache nor read. */
export type TokenUsage = Readonly<Record<TokenKind, number>>;
