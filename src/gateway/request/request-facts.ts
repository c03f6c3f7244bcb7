import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject } from '../../common/json-object';
import type { Protocol } from '../../upstream/protocol';
import type { RequestBody } from '../body/request-body';
import type { GatewayEndpoint } from '../dialect/endpoint';
import type { RequestedCall } from './requested-call';

interface FactSource {
  readonly endpoint: GatewayEndpoint;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
}

const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  anthropic_messages: 'messages',
  openai_chat_completions: 'chat_completions',
  openai_responses: 'responses',
};

/** The facts of `request` that rules read. Rules see own properties only, so each fact is a getter of the object itself. */
export function createRequestFacts(source: FactSource, requested: RequestedCall): JsonObject {
  const { endpoint, headers } = source;
  let hasTools: boolean | undefined;
  let hasThinking: boolean | undefined;
  return {
    model: requested.selectors[0],
    endpoint: endpoint.path,
    protocol: endpoint.protocol === null ? null : PROTOCOL_NAMES[endpoint.protocol],
    stream: requested.isStream,
    get has_tools() {
      return (hasTools ??= source.body.hasElements('tools') || source.body.hasElements('functions'));
    },
    get has_images() {
      return source.body.content.imageParts > 0;
    },
    get has_documents() {
      const { documentParts, files } = source.body.content;
      return documentParts > 0 || (files > 0 && endpoint.protocol === 'openai_chat_completions');
    },
    /** Whether the call asks for reasoning. */
    get has_thinking() {
      return (hasThinking ??= asksForThinking(source.body));
    },
    get input_tokens() {
      return source.body.estimate().inputTokens;
    },
    max_tokens: requested.maxTokens,
    user_agent: headers['user-agent'] ?? null,
    session: requested.session,
  };
}

function asksForThinking(body: RequestBody): boolean {
  const effort = body.string('reasoning_effort');
  if (effort !== null) return effort !== 'none';
  const reasoning = body.json('reasoning');
  if (isJsonObject(reasoning)) return reasoning.effort !== 'none';
  const thinking = body.json('thinking');
  return isJsonObject(thinking) && thinking.type !== 'disabled';
}
