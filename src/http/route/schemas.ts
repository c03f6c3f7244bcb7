/** An id, as answers show it. */
export const UUID = { type: 'string', format: 'uuid' } as const;

/** A moment, as answers show it: RFC 3339 UTC. */
export const TIME = { type: 'string', format: 'date-time' } as const;

/** US dollars for 1000 tokens. */
export const COST = {
  type: 'number',
  format: 'double',
  nullable: true,
  description: 'US dollars for 1000 tokens. Null: unknown. 0: free.',
} as const;
