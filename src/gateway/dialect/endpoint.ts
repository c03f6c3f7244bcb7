import type { Protocol } from '../../upstream/protocol';

/** The routes of the gateway that call a model, by their path after `/v1/`. */
export type EndpointPath =
  | 'chat/completions'
  | 'responses'
  | 'responses/compact'
  | 'messages'
  | 'messages/count_tokens'
  | 'embeddings';

/** The form of errors: OpenAI's or Anthropic's. */
export type Dialect = 'openai' | 'anthropic';

/** What the gateway knows about one of its endpoints. */
export interface GatewayEndpoint {
  /** The path after `/v1/`, in the caller's URL and in the upstream's. */
  readonly path: EndpointPath;
  readonly dialect: Dialect;
  /** The protocol that a provider must speak, or null if any provider of kind `openai` will do. */
  readonly protocol: Protocol | null;
  /** Whether a model generates text here. Only then default parameters are inserted and streams are possible. */
  readonly isGeneration: boolean;
  /** Whether a caller may leave out `/v1` or send it twice. */
  readonly isTolerant: boolean;
}

export const ENDPOINTS: readonly GatewayEndpoint[] = [
  {
    path: 'chat/completions',
    dialect: 'openai',
    protocol: 'openai_chat_completions',
    isGeneration: true,
    isTolerant: true,
  },
  {
    path: 'responses',
    dialect: 'openai',
    protocol: 'openai_responses',
    isGeneration: true,
    isTolerant: true,
  },
  {
    path: 'responses/compact',
    dialect: 'openai',
    protocol: 'openai_responses',
    isGeneration: false,
    isTolerant: false,
  },
  {
    path: 'messages',
    dialect: 'anthropic',
    protocol: 'anthropic_messages',
    isGeneration: true,
    isTolerant: true,
  },
  {
    path: 'messages/count_tokens',
    dialect: 'anthropic',
    protocol: 'anthropic_messages',
    isGeneration: false,
    isTolerant: true,
  },
  { path: 'embeddings', dialect: 'openai', protocol: null, isGeneration: false, isTolerant: true },
];
