import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiQuery } from '@nestjs/swagger';
import { DomainError } from '../../common/domain-error';
import { MAX_PAGE_SIZE } from '../../common/pagination';
import { onceForRoute, requestOf } from '../request-context';

const ALLOWED = 'caret:query';

interface ParameterOptions {
  readonly description: string;
  readonly schema: Record<string, unknown>;
}

/** The query parameters of a route: what is allowed, and their description in the OpenAPI document. */
export function QueryParameters(parameters: Record<string, ParameterOptions>): MethodDecorator {
  return applyDecorators(
    SetMetadata(ALLOWED, Object.keys(parameters)),
    ...Object.entries(parameters).map(([name, options]) => ApiQuery({ ...options, name, required: false })),
  );
}

/** `limit` and `cursor`, for every list. */
export const PAGE_PARAMETERS: Record<string, ParameterOptions> = {
  limit: {
    description: 'At most so many items; without it the whole list comes.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE },
  },
  cursor: {
    description: 'Where the page begins: from the `Link` of the page before.',
    schema: { type: 'string', minLength: 1 },
  },
};

/** 400 for a query parameter that the route does not know, or that comes twice. */
@Injectable()
export class QueryGuard implements CanActivate {
  private readonly allowedOf = onceForRoute(
    (context) => this.reflector.get<string[] | undefined>(ALLOWED, context.getHandler()) ?? [],
  );

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const allowed = this.allowedOf(context);
    const query = requestOf(context).query as Record<string, unknown>;
    for (const [name, value] of Object.entries(query)) {
      if (!allowed.includes(name)) throw unknownParameter(allowed);
      if (typeof value !== 'string') {
        throw new DomainError('malformed', 'query.repeated_parameter', `${name} may come only once.`);
      }
    }
    return true;
  }
}

function unknownParameter(allowed: string[]): DomainError {
  const known = allowed.length > 0 ? `This route knows ${allowed.join(', ')}.` : 'This route takes none.';
  return new DomainError('malformed', 'query.unknown_parameter', `Unknown query parameter. ${known}`);
}
