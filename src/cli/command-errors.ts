/** The command line is invalid. The message says what to write. */
export class UsageError extends Error {}

/** The command cannot do its work. The message says why, and what to do. */
export class CommandError extends Error {}
