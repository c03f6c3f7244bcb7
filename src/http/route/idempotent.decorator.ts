import { applyDecorators, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';

const IDEMPOTENT = 'caret:idempotent';

/** Honours `Idempotency-Key` on a POST that creates. `status` is that of the first response. */
export const Idempotent = (status: number): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, status),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A unique text for this request. A repeat within 24 hours with the same body gets the first response and creates nothing.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );

/** Marks a request whose answer is the repetition of an earlier one. */
export interface Replayable {
  replayed?: boolean;
}

/** The status of a first answer, where the route is idempotent. */
export function idempotentStatus(reflector: Reflector, context: ExecutionContext): number | undefined {
  return reflector.get<number | undefined>(IDEMPOTENT, context.getHandler());
}
