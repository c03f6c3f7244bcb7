/** The kinds of tokens with their own rate, in the order of responses. */
export const TOKEN_KINDS = ['input', 'output', 'cache_write', 'cache_read'] as const;

export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The tokens of a usage by kind. Each token counts once: `input` excludes cache reads and cache writes. */
export type TokenUsage = Readonly<Record<TokenKind, number>>;
