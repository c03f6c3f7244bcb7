import { Global, Module } from '@nestjs/common';
import { AdvancedJsonSealer } from './advanced-json-sealer';

@Global()
@Module({ providers: [AdvancedJsonSealer], exports: [AdvancedJsonSealer] })
export class AdvancedJsonModule {}
