import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { UpstreamModule } from '../upstream/upstream.module';
import { ProviderDestination } from './provider-destination';
import { ProviderSecrets } from './provider-secrets';
import { ProvidersListService } from './providers-list.service';
import { ProvidersController } from './providers.controller';
import { ProvidersRepository } from './providers.repository';
import { ProvidersService } from './providers.service';
import { WholeLists } from './whole-lists';

@Module({
  imports: [ModelsModule, UpstreamModule],
  controllers: [ProvidersController],
  providers: [
    ProviderDestination,
    ProviderSecrets,
    ProvidersListService,
    ProvidersRepository,
    ProvidersService,
    WholeLists,
  ],
  exports: [ProviderDestination, ProviderSecrets, ProvidersRepository, ProvidersService],
})
export class ProvidersModule {}
