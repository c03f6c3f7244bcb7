import { Module } from '@nestjs/common';
import { DefaultModel } from './default-model';
import { ModelSecretsRepository } from './model-secrets.repository';
import { ModelsListService } from './models-list.service';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';
import { ShownModelsRepository } from './shown-models.repository';
import { ShownModelsService } from './shown-models.service';

@Module({
  controllers: [ModelsController],
  providers: [
    DefaultModel,
    ModelSecretsRepository,
    ModelsListService,
    ModelsRepository,
    ModelsService,
    ShownModelsRepository,
    ShownModelsService,
  ],
  exports: [ModelSecretsRepository, ModelsRepository, ModelsService, ShownModelsService],
})
export class ModelsModule {}
