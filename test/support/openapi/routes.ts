import type { FastifyInstance } from 'fastify';
import type { TestApp } from '../app/app';

export interface Route {
  readonly method: string;
  /** Fastify's pattern, with `:name` for parameters. */
  readonly pattern: string;
}

/** Lists every route of the router, documented or not. */
export function listRoutes(app: TestApp): Route[] {
  const fastify: FastifyInstance = app.app.getHttpAdapter().getInstance();
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^((?:│ {3}| {4})*)[├└]── (\S*) \(([A-Z, ]+)\)$/.exec(line);
      if (!match) return [];
      const [, indent = '', part = '', methods = ''] = match;
      const depth = indent.length / 4;
      const pattern = (parents[depth - 1] ?? '') + part;
      parents[depth] = pattern;
      return methods.split(', ').map((method) => ({ method, pattern }));
    });
}
