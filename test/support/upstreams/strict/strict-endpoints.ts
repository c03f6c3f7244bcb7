import { respondChat } from './chat-completions/respond';
import { respondEmbeddings } from './embeddings/respond';
import { respondCountTokens, respondMessages } from './messages/respond';
import { respondCompact } from './responses/compact';
import { respondResponses } from './responses/respond';
import type { StrictCall, StrictReply } from './strict-call';
import type { ErrorForm } from './strict-error';

/** A route that calls a model. */
export interface StrictEndpoint {
  /** The path after `/v1/`. */
  readonly path: string;
  readonly form: ErrorForm;
  respond(call: StrictCall): StrictReply;
}

const ENDPOINTS: readonly StrictEndpoint[] = [
  { path: 'chat/completions', form: 'openai', respond: respondChat },
  { path: 'responses', form: 'openai', respond: respondResponses },
  { path: 'responses/compact', form: 'openai', respond: respondCompact },
  { path: 'messages', form: 'anthropic', respond: respondMessages },
  { path: 'messages/count_tokens', form: 'anthropic', respond: respondCountTokens },
  { path: 'embeddings', form: 'openai', respond: respondEmbeddings },
];

export function findEndpoint(method: string, pathname: string): StrictEndpoint | undefined {
  return method === 'POST' ? ENDPOINTS.find(({ path }) => pathname === `/v1/${path}`) : undefined;
}
