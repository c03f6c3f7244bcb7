import type { ServerResponse } from 'node:http';
import { errorBody, StrictError, type ErrorForm } from './strict-error';

/** What a script does instead of the next reply, or within its stream. */
export type StrictFault =
  /** An error, in the vendor's form unless there is a body. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** A reset connection (RST) before the headers, or after some events of a stream. */
  | { readonly kind: 'reset'; readonly afterEvents?: number }
  /** A proper end of the body after some events, without the terminal event. */
  | { readonly kind: 'end'; readonly afterEvents: number }
  /** An error event of the vendor after some events. */
  | { readonly kind: 'error-event'; readonly afterEvents: number; readonly status?: number }
  /** Silence before the headers, or after some events, until the caller leaves. */
  | { readonly kind: 'silence'; readonly afterEvents?: number }
  /** Exactly these bytes, in Latin-1 if a chunk is a text. Each chunk is a write of its own. */
  | {
      readonly kind: 'bytes';
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly chunks: readonly (string | Buffer)[];
    };

/** Replies with a fault that comes before any event. Returns false if the fault belongs in a stream. */
export async function replyFault(
  response: ServerResponse,
  fault: StrictFault,
  form: ErrorForm,
  requestId: string,
): Promise<boolean> {
  switch (fault.kind) {
    case 'error': {
      const { status, code = null, message = 'The scripted error.', headers, body } = fault;
      const error = new StrictError(status, message, null, code);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body ?? JSON.stringify(errorBody(form, error, requestId)));
      return true;
    }
    case 'bytes':
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json', ...fault.headers });
      for (const chunk of fault.chunks) {
        response.write(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
        await new Promise(setImmediate);
      }
      response.end();
      return true;
    case 'reset':
      if (fault.afterEvents === undefined) response.socket?.resetAndDestroy();
      return fault.afterEvents === undefined;
    case 'silence':
      return fault.afterEvents === undefined;
    default:
      return false;
  }
}

/** Ends a stream as the fault says. */
export function endStream(
  response: ServerResponse,
  fault: StrictFault,
  isResponses: boolean,
  form: ErrorForm,
  requestId: string,
): void {
  if (fault.kind === 'reset') response.socket?.resetAndDestroy();
  if (fault.kind === 'end') response.end();
  if (fault.kind !== 'error-event') return;
  const error = new StrictError(fault.status ?? 529, 'Overloaded');
  const body = errorBody(form, error, requestId);
  const responses = { type: 'error', code: 'server_error', message: error.message, param: null };
  const name = form === 'anthropic' || isResponses ? 'event: error\n' : '';
  response.end(`${name}data: ${JSON.stringify(isResponses ? responses : body)}\n\n`);
}
