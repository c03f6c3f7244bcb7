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

/** Declares the query parameters of a route and describes them in the OpenAPI document. */
export function QueryParameters(parameters: Record<string, ParameterOptions>): MethodDecorator {
  return applyDecorators(
    SetMetadata(ALLOWED, Object.keys(parameters)),
    ...Object.entries(parameters).map(([name, options]) => ApiQuery({ ...options, name, required: false })),
  );
}

/** The parameters of every list. */
export const PAGE_PARAMETERS = {
  limit: {
    description:
      'Maximum number of items. A page has fewer if it would be larger than 16 MiB. Absent: the whole list.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE },
  },
  cursor: {
    description: 'The start of the page, from the `Link` of the previous page.',
    schema: { type: 'string', minLength: 1 },
  },
} satisfies Record<string, ParameterOptions>;

/** Rejects unknown and repeated query parameters with 400. */
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
        throw new DomainError(
          'malformed',
          'query.repeated_parameter',
          `Repeated query parameter. Send ${name} once.`,
        );
      }
    }
    return true;
  }
}

function unknownParameter(allowed: string[]): DomainError {
  const known = allowed.length > 0 ? `This route takes ${allowed.join(', ')}.` : 'This route takes none.';
  return new DomainError('malformed', 'query.unknown_parameter', `Unknown query parameter. ${known}`);
}
