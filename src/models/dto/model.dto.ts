import { ApiSchema } from '@nestjs/swagger';
import { AdvancedJsonField } from '../../advanced-json/advanced-json.field';
import type { JsonObject } from '../../common/json-object';
import { BooleanField, IntegerField } from '../../http/request/common-fields';
import type { PriceSheet } from '../../pricing/price-sheet';
import {
  AliasesField,
  AmountField,
  EnabledField,
  ModelNameField,
  PricingField,
  TagsField,
  WhenField,
} from './model-fields';

/** The settings of a model. An absent field keeps its value, or the default in a new model. Null resets it. */
export class ModelSettingsDto {
  @IntegerField('optional', {
    description: 'Higher is tried first. 0 for a new model that sends none.',
    example: 10,
  })
  priority?: number;

  @BooleanField('optional', {
    description:
      "Whether this is the provider's default model. A provider with models always has exactly one. The first model becomes it, `true` moves it, and `false` promotes the other model with the highest priority, an enabled one if there is any.",
    example: true,
  })
  is_default?: boolean;

  @AliasesField()
  aliases?: string[] | null;

  @EnabledField(
    'Whether the model may be a candidate. True for a new model that sends none. A disabled default stays the default, and `provider^` then selects nothing.',
  )
  enabled?: boolean;

  @TagsField()
  tags?: string[] | null;

  @WhenField()
  when?: JsonObject | null;

  @AdvancedJsonField("Configuration of the model. Overrides the provider's for each top-level key.", 'model')
  advanced_json?: JsonObject | null;

  @AmountField({ description: 'Factor on every cost. Null, or absent for a new model: 1.', example: 1 })
  multiplier?: number | null;

  @AmountField({ description: 'US dollars for 1000 input tokens. Null: unknown. 0: free.', example: 0.003 })
  cost_per_1k_input?: number | null;

  @AmountField({ description: 'US dollars for 1000 output tokens. Null: unknown. 0: free.', example: 0.015 })
  cost_per_1k_output?: number | null;

  @AmountField({
    description: 'US dollars for 1000 tokens written to the cache. Null: unknown. 0: free.',
    example: 0.00375,
  })
  cost_per_1k_cache_write?: number | null;

  @AmountField({
    description: 'US dollars for 1000 tokens read from the cache. Null: unknown. 0: free.',
    example: 0.0003,
  })
  cost_per_1k_cache_read?: number | null;

  @PricingField()
  pricing?: PriceSheet | null;
}

@ApiSchema({ name: 'CreateModelRequest', description: 'A model to create.' })
export class CreateModelDto extends ModelSettingsDto {
  @ModelNameField('required')
  model!: string;
}

@ApiSchema({ name: 'UpdateModelRequest', description: 'Changes of a model.' })
export class UpdateModelDto extends ModelSettingsDto {
  @ModelNameField('optional')
  model?: string;
}
