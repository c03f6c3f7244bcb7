import { Module } from '@nestjs/common';
import { DefaultModel } from './default-model';
import { ModelSecretsRepository } from './model-secrets.repository';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  controllers: [ModelsController],
  providers: [DefaultModel, ModelSecretsRepository, ModelsRepository, ModelsService],
  exports: [ModelSecretsRepository, ModelsRepository, ModelsService],
})
export class ModelsModule {}
