import type { IncomingMessage, Server } from 'node:http';
import type { ProblemBody } from './problem';

/** An error response in the format of another API. */
export interface FormattedError {
  readonly status: number;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the response of a path whose errors have a format of their own, or null if it gets a problem document. */
export type ErrorFormat = (request: IncomingMessage, problem: ProblemBody) => FormattedError | null;

const formats = new WeakMap<Server, ErrorFormat>();

/** Sets the only format beside problem documents of a server. */
export function setErrorFormat(server: Server, format: ErrorFormat): void {
  formats.set(server, format);
}

export function formatError(
  server: Server | undefined,
  request: IncomingMessage,
  problem: ProblemBody,
): FormattedError | null {
  return (server && formats.get(server)?.(request, problem)) ?? null;
}
