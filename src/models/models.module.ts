import { Module } from '@nestjs/common';
import { DefaultModel } from './default-model';
import { ModelsController } from './models.controller';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';

@Module({
  controllers: [ModelsController],
  providers: [DefaultModel, ModelsRepository, ModelsService],
  exports: [ModelsRepository, ModelsService],
})
export class ModelsModule {}
