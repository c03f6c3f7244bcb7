import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

const REGISTRY_USE = 'caret:registry';

/**
 * How a route goes with the registry's revision: `read` and `write` tell it in their answers, `read` and `check` take it
 * from the request and answer from nothing older.
 */
export type RegistryUse = 'read' | 'check' | 'write';

export const UsesRegistry = (use: RegistryUse): MethodDecorator => SetMetadata(REGISTRY_USE, use);

export function registryUse(reflector: Reflector, context: ExecutionContext): RegistryUse | undefined {
  return reflector.get<RegistryUse | undefined>(REGISTRY_USE, context.getHandler());
}
