import { createHash } from 'node:crypto';
import { invalidValue } from '../chat-completions/check-request';
import { checkMembers, checkRange, members, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import { countTokens } from '../model/pieces';
import type { StrictCall, StrictReply } from '../strict-call';
import { StrictError } from '../strict-error';

const PARAMETERS = members(
  'model: string!, input: string|array!, encoding_format: string, dimensions: integer, user: string',
);
const DIMENSIONS = 8;

/** Responds to `POST /v1/embeddings` with vectors that depend on the input alone. */
export function respondEmbeddings({ body }: StrictCall): StrictReply {
  checkMembers(body, '', PARAMETERS, OPENAI_FAULTS);
  checkRange(body.dimensions, 'dimensions', 1, 3072);
  const format = body.encoding_format ?? 'float';
  if (format !== 'float' && format !== 'base64')
    throw invalidValue('encoding_format', format, ['float', 'base64']);
  const inputs = readInputs(body.input);
  const vectors = inputs.map((input) => vectorOf(input, body.dimensions ?? DIMENSIONS));
  const inputTokens = inputs.reduce((sum, input) => sum + tokensOf(input), 0);
  const usage = { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  return {
    usage,
    body: {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: format === 'float' ? vector : toBase64(vector),
      })),
      model: body.model,
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    },
  };
}

type Input = string | readonly number[];

/** A text, tokens, several texts, or several lists of tokens. */
function readInputs(input: Json): Input[] {
  const inputs: Json[] = typeof input === 'string' || typeof input[0] === 'number' ? [input] : input;
  const isInput = (each: Json): boolean =>
    typeof each === 'string' || (Array.isArray(each) && each.every((token) => Number.isInteger(token)));
  const isValid = inputs.length > 0 && inputs.every((each) => isInput(each) && each.length > 0);
  if (!isValid) throw new StrictError(400, "'$.input' is invalid. Please check the API reference.", null);
  return inputs;
}

function tokensOf(input: Input): number {
  return typeof input === 'string' ? countTokens(input) : input.length;
}

/** Multiples of 1/64, which both encodings keep exactly. */
function vectorOf(input: Input, dimensions: number): number[] {
  const digest = createHash('sha256').update(JSON.stringify(input)).digest();
  return Array.from({ length: dimensions }, (_, index) => (digest[index % digest.length]! - 128) / 64);
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64');
}
