import { Module } from '@nestjs/common';
import { DefaultModel } from './default-model';
import { ImportedDefault } from './imported-default';
import { ModelNamesRepository } from './model-names.repository';
import { ModelPricesController } from './model-prices.controller';
import { ModelPricesRepository } from './model-prices.repository';
import { ModelPricesService } from './model-prices.service';
import { ModelRepricing } from './model-repricing';
import { ModelSecretsRepository } from './model-secrets.repository';
import { ModelWriter } from './model-writer';
import { ModelsListService } from './models-list.service';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';
import { PriceHistory } from './price-history';
import { RoutedModelsRepository } from './routed-models.repository';
import { ShownModelsRepository } from './shown-models.repository';
import { ShownModelsService } from './shown-models.service';

@Module({
  controllers: [ModelsController, ModelPricesController],
  providers: [
    DefaultModel,
    ModelNamesRepository,
    ModelPricesRepository,
    ModelPricesService,
    ModelRepricing,
    ModelWriter,
    ImportedDefault,
    ModelSecretsRepository,
    ModelsListService,
    ModelsRepository,
    ModelsService,
    PriceHistory,
    RoutedModelsRepository,
    ShownModelsRepository,
    ShownModelsService,
  ],
  exports: [
    ModelRepricing,
    ModelSecretsRepository,
    ModelsRepository,
    ModelsService,
    PriceHistory,
    RoutedModelsRepository,
    ShownModelsService,
  ],
})
export class ModelsModule {}
