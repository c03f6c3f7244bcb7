import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { UpstreamModule } from '../upstream/upstream.module';
import { CheckService } from './check.service';
import { DefaultChoiceService } from './default-choice';
import { DiscoveryController } from './discovery.controller';
import { DiscoveryService } from './discovery.service';
import { ImportService } from './import.service';
import { KeyCheck } from './key-check';
import { KeyUseAudit } from './key-use-audit';
import { LearnedProtocols } from './learned-protocols';
import { ModelCapabilities } from './model-capabilities';
import { PriceCatalogue } from './price-catalogue';

@Module({
  imports: [ModelsModule, ProvidersModule, UpstreamModule],
  controllers: [DiscoveryController],
  providers: [
    CheckService,
    DefaultChoiceService,
    DiscoveryService,
    ImportService,
    KeyCheck,
    KeyUseAudit,
    LearnedProtocols,
    ModelCapabilities,
    PriceCatalogue,
  ],
  exports: [DiscoveryService, ModelCapabilities],
})
export class DiscoveryModule {}
