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
import { PriceApplyService } from './price-apply.service';
import { PriceCatalogue } from './price-catalogue';
import { PriceCheckController } from './price-check.controller';
import { PriceCheckService } from './price-check.service';
import { TodayPrices } from './today-prices';

@Module({
  imports: [ModelsModule, ProvidersModule, UpstreamModule],
  controllers: [DiscoveryController, PriceCheckController],
  providers: [
    CheckService,
    DefaultChoiceService,
    DiscoveryService,
    ImportService,
    KeyCheck,
    KeyUseAudit,
    LearnedProtocols,
    ModelCapabilities,
    PriceApplyService,
    PriceCatalogue,
    PriceCheckService,
    TodayPrices,
  ],
  exports: [DiscoveryService, ModelCapabilities],
})
export class DiscoveryModule {}
