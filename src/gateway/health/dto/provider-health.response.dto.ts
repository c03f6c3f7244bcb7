import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema, TIME, UUID } from '../../../http/schemas';
import { PROTOCOL } from '../../../routing/dto/route.response.dto';
import type { Protocol } from '../../../upstream/protocol';
import type { RepairName } from '../../failure/repairs';
import type { RestReason, TargetState } from '../target-health';

export const TARGET_STATE = namedEnum<TargetState['state']>(
  'TargetState',
  ['usable', 'cooling', 'broken'],
  '`usable`: called. `cooling`: not called until `until`. `broken`: not called until `until`, then by one trial call at a time.',
);

export const REST_REASON = namedEnum<RestReason>(
  'RestReason',
  ['rate_limit', 'quota', 'credentials', 'model_not_found', 'failures'],
  '`rate_limit`: the upstream limits the rate. `quota`: its account has no money or quota left. `credentials`: it rejects the key. `model_not_found`: it does not have the model. `failures`: calls failed repeatedly.',
);

export const REPAIR_NAME = namedEnum<RepairName>(
  'RepairName',
  ['stream_usage', 'beta_flags', 'cache_marks', 'encoding_format', 'reasoning_history'],
  '`stream_usage`: `stream_options.include_usage`. `beta_flags`: flags of `anthropic-beta`. `cache_marks`: `cache_control`. `encoding_format`: embeddings as base64. `reasoning_history`: reasoning of earlier turns.',
);

@ApiSchema({
  name: 'LearnedRepair',
  description: 'What Caret leaves out of requests, because the upstream rejects it.',
})
export class LearnedRepairResponse {
  @ApiProperty(ofSchema(REPAIR_NAME))
  name!: RepairName;

  @ApiProperty({
    allOf: ofSchema(PROTOCOL).allOf,
    nullable: true,
    description: 'The API whose requests are repaired. Null: embeddings.',
  })
  protocol!: Protocol | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: 'Only these flags or members. Null: all.',
    example: ['context-1m-2025-08-07'],
  })
  only!: readonly string[] | null;

  @ApiProperty({ ...TIME, description: 'When Caret tries the whole request again.' })
  until!: string;
}

class HealthState {
  @ApiProperty(ofSchema(TARGET_STATE))
  state!: TargetState['state'];

  @ApiProperty({ allOf: ofSchema(REST_REASON).allOf, nullable: true, description: 'Null if usable.' })
  reason!: RestReason | null;

  @ApiProperty({ ...TIME, nullable: true, description: 'Since when. Null if usable.' })
  since!: string | null;

  @ApiProperty({ ...TIME, nullable: true, description: 'Until when. Null if usable.' })
  until!: string | null;
}

@ApiSchema({ name: 'ModelHealth', description: 'The health of one model, besides that of its provider.' })
export class ModelHealthResponse extends HealthState {
  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  model_id!: string;

  @ApiProperty({ type: 'string', description: "The model's name at the upstream." })
  model!: string;

  @ApiProperty({ type: 'integer', description: 'Failed calls since the last successful one.' })
  consecutive_failures!: number;

  @ApiProperty({ type: [LearnedRepairResponse], description: 'At most 50, each for 24 hours.' })
  repairs!: LearnedRepairResponse[];
}

@ApiSchema({ name: 'ProviderHealth', description: 'The health of a provider, as one replica knows it.' })
export class ProviderHealthResponse extends HealthState {
  @ApiProperty({ ...UUID, description: 'The id of the provider.' })
  provider_id!: string;

  @ApiProperty({ type: 'string', description: 'The name of the provider.' })
  provider!: string;

  @ApiProperty({ ...TIME, description: 'When this replica started. It knows nothing of earlier calls.' })
  observed_since!: string;

  @ApiProperty({
    type: [ModelHealthResponse],
    description:
      'The models that have failed, rest or have repairs, by name. All others are usable. At most 1000.',
  })
  models!: ModelHealthResponse[];

  @ApiProperty({ type: 'boolean', description: 'Whether `models` is incomplete.' })
  models_truncated!: boolean;
}
