import { Module } from '@nestjs/common';
import { DefaultModel } from './default-model';
import { ModelNamesRepository } from './model-names.repository';
import { ModelSecretsRepository } from './model-secrets.repository';
import { ModelsListService } from './models-list.service';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';
import { RoutedModelsRepository } from './routed-models.repository';
import { ShownModelsRepository } from './shown-models.repository';
import { ShownModelsService } from './shown-models.service';

@Module({
  controllers: [ModelsController],
  providers: [
    DefaultModel,
    ModelNamesRepository,
    ModelSecretsRepository,
    ModelsListService,
    ModelsRepository,
    ModelsService,
    RoutedModelsRepository,
    ShownModelsRepository,
    ShownModelsService,
  ],
  exports: [
    ModelSecretsRepository,
    ModelsRepository,
    ModelsService,
    RoutedModelsRepository,
    ShownModelsService,
  ],
})
export class ModelsModule {}
