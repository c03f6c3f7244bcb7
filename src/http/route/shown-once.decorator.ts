import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

interface ShownOnceConfig {
  readonly shownOnce?: string;
}

/** Declares a response field that later responses omit. It is excluded from the ETag and from replays. */
export const ShownOnce = (field: string): MethodDecorator =>
  RouteConfig({ shownOnce: field } satisfies ShownOnceConfig);

export function shownOnce({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): string | undefined {
  return (routeOptions.config as ShownOnceConfig).shownOnce;
}

export function withoutField(body: object, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}
