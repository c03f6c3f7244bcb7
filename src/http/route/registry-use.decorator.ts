import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

const REGISTRY_USE = 'caret:registry';

/**
 * How a route uses the registry's revision. The responses of `read` and `write` contain it. Requests of `read` and
 * `check` may name it, and their responses are never based on an older registry.
 */
export type RegistryUse = 'read' | 'check' | 'write';

export const UsesRegistry = (use: RegistryUse): MethodDecorator => SetMetadata(REGISTRY_USE, use);

export function registryUse(reflector: Reflector, context: ExecutionContext): RegistryUse | undefined {
  return reflector.get<RegistryUse | undefined>(REGISTRY_USE, context.getHandler());
}
