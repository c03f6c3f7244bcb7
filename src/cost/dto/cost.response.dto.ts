import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { namedEnum, ofSchema } from '../../http/schemas';
import type { Cost, CostPart } from '../../pricing/cost-calculator';
import { TOKEN_KINDS, type TokenKind, type TokenUsage } from '../../pricing/token-usage/token-usage';

const TOKENS = { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** A string, because a binary floating-point number would round it. */
const AMOUNT = { type: 'string', pattern: '^(0|[1-9]\\d*)(\\.\\d*[1-9])?$' } as const;

export const TOKEN_KIND = namedEnum('TokenKind', TOKEN_KINDS, 'A kind of tokens that has a rate of its own.');

@ApiSchema({ name: 'CostPart', description: 'The cost of one kind of tokens.' })
export class CostPartResponse implements CostPart {
  @ApiProperty(ofSchema(TOKEN_KIND))
  kind!: TokenKind;

  @ApiProperty({ ...TOKENS, minimum: 1, description: 'The number of tokens.' })
  tokens!: number;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars for 1000 tokens, before the multiplier. Null: unknown.',
    example: '0.003',
  })
  rate!: string | null;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars: tokens / 1000 × rate × multiplier, not rounded. Null: unknown.',
    example: '0.000063',
  })
  cost!: string | null;

  @ApiProperty({
    type: 'boolean',
    description: 'Whether the rate is the input rate, because the model has no rate for this kind.',
  })
  assumed!: boolean;
}

@ApiSchema({ name: 'TokenUsage', description: 'Tokens by kind. Each token is counted once.' })
export class TokenUsageResponse implements TokenUsage {
  @ApiProperty({
    ...TOKENS,
    description: 'Input tokens, neither written to a cache nor read from it.',
  })
  input!: number;

  @ApiProperty({ ...TOKENS, description: 'Output tokens, including reasoning.' })
  output!: number;

  @ApiProperty({ ...TOKENS, description: 'Tokens written to the cache, for any lifetime.' })
  cache_write!: number;

  @ApiProperty({ ...TOKENS, description: 'Tokens read from the cache.' })
  cache_read!: number;
}

@ApiSchema({ name: 'CostResult', description: 'What a usage costs.' })
export class CostResponse implements Cost {
  @ApiProperty({
    type: 'string',
    description: 'The model whose rates apply.',
    example: 'anthropic-main^claude-sonnet-4-20250514',
  })
  selector!: string;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars: the sum of the parts, not rounded. Null: unknown, which is not zero.',
    example: '0.0623838',
  })
  cost!: string | null;

  @ApiProperty({ type: 'string', enum: ['USD'], description: 'The currency of all amounts.' })
  currency!: 'USD';

  @ApiProperty({ type: 'boolean', description: 'Whether the rate of a part is assumed.' })
  assumed!: boolean;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'Why the cost is null. Absent if it is known.',
  })
  reason?: string;

  @ApiProperty({
    ...AMOUNT,
    description: "The model's multiplier, which the cost of each part includes.",
    example: '1',
  })
  multiplier!: string;

  @ApiProperty({ type: () => [CostPartResponse], description: 'The kinds that have tokens.' })
  parts!: readonly CostPartResponse[];

  @ApiProperty({ type: TokenUsageResponse, description: 'The usage by kind.' })
  usage!: TokenUsageResponse;
}
