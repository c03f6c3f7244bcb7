import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { UpstreamModule } from '../upstream/upstream.module';
import { ProviderDestination } from './provider-destination';
import { ProviderSecrets } from './provider-secrets';
import { ProvidersListService } from './providers-list.service';
import { ProvidersController } from './providers.controller';
import { ProvidersRepository } from './providers.repository';
import { ProvidersService } from './providers.service';
import { ShownProvidersService } from './shown-providers.service';

@Module({
  imports: [ModelsModule, UpstreamModule],
  controllers: [ProvidersController],
  providers: [
    ProviderDestination,
    ProviderSecrets,
    ProvidersListService,
    ProvidersRepository,
    ProvidersService,
    ShownProvidersService,
  ],
  exports: [ProviderDestination, ProviderSecrets, ProvidersRepository, ProvidersService],
})
export class ProvidersModule {}
