import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { RoutingModule } from '../routing/routing.module';
import { CostController } from './cost.controller';
import { CostService } from './cost.service';
import { ModelRates } from './model-rates';

@Module({
  imports: [ModelsModule, RoutingModule],
  controllers: [CostController],
  providers: [CostService, ModelRates],
})
export class CostModule {}
