import { checkSchema, invalidValue } from '../chat-completions/check-request';
import { checkMembers, checkRange, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import { StrictError } from '../strict-error';
import { PARAMETERS, TOOL_TYPES } from './parameters';

/** Throws the vendor's error for an invalid body of responses. The items of the input are checked by `readItems`. */
export function checkRequest(body: Json): void {
  checkMembers(body, '', PARAMETERS, OPENAI_FAULTS);
  checkRange(body.max_output_tokens, 'max_output_tokens', 16, 1_000_000);
  checkRange(body.temperature, 'temperature', 0, 2);
  checkRange(body.top_p, 'top_p', 0, 1);
  if (body.previous_response_id && body.conversation)
    throw new StrictError(400, "Mutually exclusive parameters: 'previous_response_id' and 'conversation'.");
  const { effort, summary } = body.reasoning ?? {};
  const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
  if (effort && !efforts.includes(effort)) throw invalidValue('reasoning.effort', effort, efforts);
  const summaries = ['auto', 'concise', 'detailed', 'none'];
  if (summary && !summaries.includes(summary)) throw invalidValue('reasoning.summary', summary, summaries);
  checkTools(body.tools ?? [], body.tool_choice);
  checkFormat(body.text?.format);
}

function checkTools(tools: Json[], choice: Json): void {
  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`;
    if (!TOOL_TYPES.includes(tool?.type)) throw invalidValue(`${path}.type`, tool?.type, TOOL_TYPES);
    if (tool.type !== 'function') continue;
    if (typeof tool.name !== 'string') throw OPENAI_FAULTS.missing(`${path}.name`);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name))
      throw new StrictError(400, `Invalid '${path}.name': string does not match pattern.`, `${path}.name`);
    // Here, unlike in chat completions, a function is strict unless it says otherwise.
    if (tool.strict === true) checkSchema(tool.parameters, `function '${tool.name}'`);
  }
  if (choice?.type === 'function' && !tools.some(({ name }) => name === choice.name))
    throw new StrictError(400, `Tool choice '${choice.name}' not found in 'tools' parameter.`, 'tool_choice');
  if (choice === 'required' && tools.length === 0)
    throw new StrictError(400, "Tool choice 'required' must be specified with 'tools'.", 'tool_choice');
}

function checkFormat(format: Json): void {
  if (!format) return;
  const types = ['text', 'json_object', 'json_schema'];
  if (!types.includes(format.type)) throw invalidValue('text.format.type', format.type, types);
  if (format.type !== 'json_schema') return;
  if (!format.name) throw OPENAI_FAULTS.missing('text.format.name');
  if (!format.schema) throw OPENAI_FAULTS.missing('text.format.schema');
  if (format.strict) checkSchema(format.schema, `response_format '${format.name}'`);
}
