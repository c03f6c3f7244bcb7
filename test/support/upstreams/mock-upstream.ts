import type { IncomingMessage, ServerResponse } from 'node:http';
import { LLMock, type MockServerOptions } from '@copilotkit/aimock';
import { anthropicModelPage, openaiModelList } from './model-lists';

export interface UpstreamOptions extends Pick<MockServerOptions, 'chaos' | 'latency'> {
  /** The accepted keys. All keys are accepted by default. */
  readonly apiKeys?: string[];
  readonly openaiModels?: readonly string[];
  readonly anthropicModels?: readonly string[];
}

/** A request for a list of models with its complete headers. aimock's journal redacts keys. */
interface ModelListRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Upstream {
  /** The base URL for both kinds of provider. */
  readonly url: string;
  /** Sets fixtures (`mock.onMessage`) and faults (`mock.setChaos`, `mock.nextRequestError`), lists `getRequests()`. */
  readonly mock: LLMock;
  readonly modelListRequests: readonly ModelListRequest[];
  stop(): Promise<void>;
}

/**
 * OpenAI's and Anthropic's APIs on one port of 127.0.0.1: both lists of models, chat completions, responses and messages.
 * They return `pong` by default. The lists come from this file, because aimock builds its own from fixtures and has none
 * in Anthropic's format. aimock's chaos does not affect them; see `ScriptedUpstream`.
 */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const { apiKeys, chaos, latency } = options;
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chaos, latency, auth: apiKeys && { apiKeys } });
  const lists = new ModelLists(
    options.openaiModels ?? ['gpt-4o', 'gpt-4o-mini'],
    options.anthropicModels ?? ['claude-sonnet-4-20250514', 'claude-3-5-haiku-20241022'],
  );
  mock.mount('', lists);
  mock.onMessage(/[^]*/, { content: 'pong' });
  await mock.start();
  return { url: mock.url, mock, modelListRequests: lists.requests, stop: () => mock.stop() };
}

class ModelLists {
  readonly requests: ModelListRequest[] = [];

  constructor(
    private readonly openai: readonly string[],
    private readonly anthropic: readonly string[],
  ) {}

  /** Handles any base path, such as `/v1beta/openai`. Resolves with false to pass the request to aimock. */
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { headers, url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://upstream');
    if (request.method !== 'GET' || !pathname.endsWith('/models')) return Promise.resolve(false);
    this.requests.push({ url, headers });
    const [status, body] = headers['anthropic-version']
      ? this.anthropicResponse(searchParams, headers['x-api-key'])
      : this.openaiResponse(headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return Promise.resolve(true);
  }

  private openaiResponse(authorization: string | undefined): [number, unknown] {
    if (authorization?.startsWith('Bearer ')) return [200, openaiModelList(this.openai)];
    const message = "You didn't provide an API key.";
    return [401, { error: { message, type: 'invalid_request_error', param: null, code: null } }];
  }

  private anthropicResponse(
    query: URLSearchParams,
    apiKey: string | string[] | undefined,
  ): [number, unknown] {
    const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
    if (!apiKey) return [401, error('authentication_error', 'x-api-key header is required')];
    const limit = Number(query.get('limit') ?? 20);
    if (!(limit >= 1 && limit <= 1000))
      return [400, error('invalid_request_error', 'limit: must be 1 to 1000')];
    return [200, anthropicModelPage(this.anthropic, { limit, afterId: query.get('after_id') })];
  }
}
