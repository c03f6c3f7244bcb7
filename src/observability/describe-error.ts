const MAX_CAUSES = 5;
const MAX_PLACES = 12;

/** `TypeError`, `QueryFailedError`. */
const NAME = /^[A-Z][A-Za-z]{0,63}$/;
/** A code of Node, undici or a driver (`ECONNRESET`, `ER_DUP_ENTRY`), or Caret's own (`llm_providers.upstream_error`). */
const CODE = /^(?:[A-Z][A-Z0-9_]{0,63}|[a-z_]{1,32}(?:\.[a-z_]{1,32})?)$/;
const PLACE = /^at (?:[\w.<>[\] #$]+ \()?(?:file:\/\/|node:|\/|[A-Z]:\\)[^()\s]*:\d+:\d+\)?$/;

/**
 * Returns the parts of an error that may be logged. Omits the message, which may quote a body, a URL, a statement's
 * parameters or a key. Reduces the stack to its places. Never throws, even if a getter of the error does.
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) return { type: typeof error };
  const errno = member(error, 'errno');
  const cause = member(error, 'cause') || member(error, 'driverError');
  return {
    name: nameOrCode(member(error, 'name')),
    code: nameOrCode(member(error, 'code')),
    errno: typeof errno === 'number' ? errno : undefined,
    syscall: nameOrCode(member(error, 'syscall')),
    at: placesOf(error),
    cause: cause && depth < MAX_CAUSES ? describeError(cause, depth + 1) : undefined,
  };
}

/** Returns the text if it has the form of a name or a code. Any other text may contain a secret. */
export function nameOrCode(value: unknown): string | undefined {
  return typeof value === 'string' && (NAME.test(value) || CODE.test(value)) ? value : undefined;
}

function placesOf(error: object): string[] {
  const stack = member(error, 'stack');
  if (typeof stack !== 'string') return [];
  // The message precedes the places, and may have lines that look like a place.
  const message = member(error, 'message');
  const start = typeof message === 'string' ? stack.indexOf(message) : -1;
  const places = start < 0 ? stack : stack.slice(start + String(message).length);
  return places
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => PLACE.test(line))
    .slice(0, MAX_PLACES);
}

function member(error: object, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
