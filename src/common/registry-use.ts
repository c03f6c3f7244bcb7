import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

const REGISTRY_USE = 'caret:registry';

/** Whether a route reads or changes the account's providers and models at a revision that its answer tells. */
export type RegistryUse = 'read' | 'write';

export const UsesRegistry = (use: RegistryUse): MethodDecorator => SetMetadata(REGISTRY_USE, use);

export function registryUse(reflector: Reflector, context: ExecutionContext): RegistryUse | undefined {
  return reflector.get<RegistryUse | undefined>(REGISTRY_USE, context.getHandler());
}
