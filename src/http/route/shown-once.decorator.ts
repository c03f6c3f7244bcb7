import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

interface ShownOnceConfig {
  readonly shownOnce?: string;
}

/** A field of the answer that no later answer repeats: it counts neither for the ETag nor for a replay. */
export const ShownOnce = (field: string): MethodDecorator =>
  RouteConfig({ shownOnce: field } satisfies ShownOnceConfig);

export function shownOnce({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): string | undefined {
  return (routeOptions.config as ShownOnceConfig).shownOnce;
}

export function withoutField(body: object, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}
