import { checkMembers, checkRange, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import { strictSchemaProblem } from '../model/strict-schema';
import { StrictError } from '../strict-error';
import { checkMessages } from './check-messages';
import { FUNCTION, PARAMETERS } from './parameters';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Throws the vendor's error for an invalid body of chat completions. */
export function checkRequest(body: Json): void {
  checkMembers(body, '', PARAMETERS, OPENAI_FAULTS);
  if (body.stream_options && !body.stream)
    throw new StrictError(
      400,
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    );
  if (body.max_tokens && body.max_completion_tokens)
    throw new StrictError(400, "Setting 'max_tokens' and 'max_completion_tokens' is not supported.");
  checkRange(body.temperature, 'temperature', 0, 2);
  checkRange(body.top_p, 'top_p', 0, 1);
  checkRange(body.n, 'n', 1, 128);
  checkRange(body.max_tokens ?? body.max_completion_tokens, 'max_completion_tokens', 1, 128_000);
  checkMessages(body.messages);
  checkTools(body);
  checkFormat(body.response_format);
}

function checkTools({ tools, tool_choice: choice, parallel_tool_calls: isParallel }: Json): void {
  if (!tools?.length) {
    if (choice && choice !== 'none')
      throw new StrictError(400, "'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
    if (typeof isParallel === 'boolean')
      throw new StrictError(400, "'parallel_tool_calls' is only allowed when 'tools' are specified.");
    return;
  }
  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`;
    if (tool.type === 'custom') continue;
    if (tool.type !== 'function') throw invalidValue(`${path}.type`, tool.type, ['function', 'custom']);
    checkMembers(tool.function, `${path}.function`, FUNCTION, OPENAI_FAULTS);
    if (!NAME.test(tool.function.name))
      throw new StrictError(400, `Invalid '${path}.function.name': string does not match pattern.`, path);
    if (tool.function.strict) checkSchema(tool.function.parameters, `function '${tool.function.name}'`);
  }
  const name = choice?.function?.name;
  if (name !== undefined && !tools.some((tool: Json) => tool.function?.name === name))
    throw new StrictError(400, `Tool choice '${name}' not found in 'tools' parameter.`, 'tool_choice');
}

function checkFormat(format: Json): void {
  if (!format) return;
  const types = ['text', 'json_object', 'json_schema'];
  if (!types.includes(format.type)) throw invalidValue('response_format.type', format.type, types);
  if (format.type !== 'json_schema') return;
  if (!format.json_schema?.name) throw OPENAI_FAULTS.missing('response_format.json_schema.name');
  if (!format.json_schema.schema) throw OPENAI_FAULTS.missing('response_format.json_schema.schema');
  if (format.json_schema.strict)
    checkSchema(format.json_schema.schema, `response_format '${format.json_schema.name}'`);
}

/** Throws OpenAI's error for a schema that `strict: true` does not allow. */
export function checkSchema(schema: Json, owner: string): void {
  const problem = strictSchemaProblem(schema);
  if (problem !== null)
    throw new StrictError(400, `Invalid schema for ${owner}: ${problem}`, null, 'invalid_json_schema');
}

export function invalidValue(path: string, value: Json, supported: readonly string[]): StrictError {
  const list = supported.map((each) => `'${each}'`).join(', ');
  const message = `Invalid value: '${value}'. Supported values are: ${list}.`;
  return new StrictError(400, message, path, 'invalid_value');
}
