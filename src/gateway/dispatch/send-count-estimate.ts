import type { CallState } from './call-state';
import { ownHeaders } from './response-headers';

/** Responds to a call to count tokens with Caret's own estimate. */
export function sendCountEstimate(state: CallState): void {
  const { response, body, caller } = state.scope.call;
  const { inputTokens } = body.estimate();
  const headers = ownHeaders(state);
  headers['content-type'] = 'application/json';
  if (caller.caretHeaders) headers['x-caret-estimated'] = 'true';
  response.send(200, headers, Buffer.from(JSON.stringify({ input_tokens: inputTokens })));
}
