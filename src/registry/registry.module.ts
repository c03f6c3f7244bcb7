import { Global, Module } from '@nestjs/common';
import { RegistryChangesRepository } from './registry-changes.repository';
import { RegistryRevisionInterceptor } from './registry-revision.interceptor';
import { RegistryTransaction } from './registry-transaction';
import { RevisionTracker } from './revision-tracker';

@Global()
@Module({
  providers: [RegistryChangesRepository, RegistryRevisionInterceptor, RegistryTransaction, RevisionTracker],
  exports: [RegistryChangesRepository, RegistryRevisionInterceptor, RegistryTransaction, RevisionTracker],
})
export class RegistryModule {}
