import type { FastifyReply } from 'fastify';
import type { AuthenticatedRequest, Principal } from '../../auth/caller';
import type { ModelList } from '../models/model-list';
import { GatewayRequest } from './gateway-request';
import type { GatewayServices } from './gateway-services';

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** A request for the list of models, or for one of them. */
export class ModelsRequest extends GatewayRequest {
  constructor(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    private readonly models: ModelList,
    services: GatewayServices,
  ) {
    const dialect = request.headers['anthropic-version'] === undefined ? 'openai' : 'anthropic';
    super(request, reply, findId(request) === null ? '/v1/models' : '/v1/models/:id', dialect, services);
  }

  protected serve(caller: Principal): void {
    const { url = '' } = this.request.raw;
    const start = url.indexOf('?');
    const query = new URLSearchParams(start < 0 ? '' : url.slice(start));
    const isAnthropic = this.dialect === 'anthropic';
    this.models.respond({ caller, query, isAnthropic, id: findId(this.request) }).then(
      (body) => this.response.send(200, JSON_HEADERS, body),
      (error: unknown) => this.reject(error),
    );
  }
}

/** Returns the decoded rest of the path, which may contain slashes, or null for the list. */
function findId({ params }: AuthenticatedRequest): string | null {
  return (params as { '*'?: string })['*'] || null;
}
