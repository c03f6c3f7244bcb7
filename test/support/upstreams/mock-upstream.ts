import type { IncomingMessage, ServerResponse } from 'node:http';
import { LLMock, type MockServerOptions } from '@copilotkit/aimock';
import { anthropicModelPage, openaiModelList } from './model-lists';

export interface UpstreamOptions extends Pick<MockServerOptions, 'chaos' | 'latency'> {
  /** Keys that are let in; without any, all are. */
  readonly apiKeys?: string[];
  readonly openaiModels?: readonly string[];
  readonly anthropicModels?: readonly string[];
}

/** A request for a list of models, with its headers unredacted (the journal of aimock hides keys). */
export interface ModelListRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Upstream {
  /** Base URL for either kind of provider. */
  readonly url: string;
  /** For fixtures (`mock.onMessage`), faults (`mock.setChaos`, `mock.nextRequestError`) and `mock.getRequests()`. */
  readonly mock: LLMock;
  readonly modelListRequests: readonly ModelListRequest[];
  stop(): Promise<void>;
}

/**
 * OpenAI's and Anthropic's API on one port of 127.0.0.1: both lists of models, chat completions, responses and
 * messages, which answer `pong` until a fixture says otherwise. aimock knows no list in Anthropic's shape, and its
 * own is built from fixtures, so the lists come from here, and chaos does not touch them (see `ScriptedUpstream`).
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

  /** Under any base path, as providers have them (`/v1`, `/v1beta/openai`, `/custom`); false leaves it to aimock. */
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { headers, url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://upstream');
    if (request.method !== 'GET' || !pathname.endsWith('/models')) return Promise.resolve(false);
    this.requests.push({ url, headers });
    const [status, body] = headers['anthropic-version']
      ? this.anthropicAnswer(searchParams, headers['x-api-key'])
      : this.openaiAnswer(headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return Promise.resolve(true);
  }

  private openaiAnswer(authorization: string | undefined): [number, unknown] {
    if (authorization?.startsWith('Bearer ')) return [200, openaiModelList(this.openai)];
    const message = "You didn't provide an API key.";
    return [401, { error: { message, type: 'invalid_request_error', param: null, code: null } }];
  }

  private anthropicAnswer(query: URLSearchParams, apiKey: string | string[] | undefined): [number, unknown] {
    const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
    if (!apiKey) return [401, error('authentication_error', 'x-api-key header is required')];
    const limit = Number(query.get('limit') ?? 20);
    if (!(limit >= 1 && limit <= 1000))
      return [400, error('invalid_request_error', 'limit: must be 1 to 1000')];
    return [200, anthropicModelPage(this.anthropic, { limit, afterId: query.get('after_id') })];
  }
}
