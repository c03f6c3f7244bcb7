import type { IncomingHttpHeaders } from 'node:http';
import { ANTHROPIC_FAULTS, checkMembers, type Members } from '../check-members';
import type { Json } from '../json';
import type { StrictState } from '../strict-call';
import { StrictError } from '../strict-error';
import { checkMessages } from './check-messages';
import { NEWEST, PARAMETERS, SAMPLING, TOOL } from './parameters';

const VERSIONS = ['2023-01-01', '2023-06-01', NEWEST];

/** Throws the vendor's error for invalid headers or an invalid body of messages or of its token counts. */
export function checkRequest(
  body: Json,
  headers: IncomingHttpHeaders,
  state: StrictState,
  table: Members = PARAMETERS,
): void {
  const version = checkHeaders(headers);
  checkMembers(body, '', table, ANTHROPIC_FAULTS);
  for (const name of SAMPLING) if (body[name] !== undefined) checkSampling(body[name], name, version);
  if (body.max_tokens !== undefined && body.max_tokens < 1)
    throw new StrictError(400, 'max_tokens: Input should be greater than or equal to 1');
  checkTools(body);
  checkThinking(body);
  const format = body.output_config?.format;
  if (format && (format.type !== 'json_schema' || !format.schema))
    throw new StrictError(400, 'output_config.format.schema: Field required');
  checkMessages(body, state);
}

function checkHeaders(headers: IncomingHttpHeaders): string {
  const version = headers['anthropic-version'];
  if (typeof version !== 'string') throw new StrictError(400, 'anthropic-version: header is required');
  if (!VERSIONS.includes(version))
    throw new StrictError(400, `anthropic-version: "${version}" is not a valid version`);
  const flags = String(headers['anthropic-beta'] ?? '').split(',');
  const unknown = flags.find((flag) => flag !== '' && !/^\s*[a-z0-9-]+-\d{4}-\d{2}-\d{2}\s*$/.test(flag));
  if (unknown !== undefined)
    throw new StrictError(
      400,
      `Unexpected value(s) \`${unknown}\` for the \`anthropic-beta\` header. Please consult our documentation ` +
        'or try again without the header.',
    );
  return version;
}

function checkSampling(value: Json, name: string, version: string): void {
  if (version >= NEWEST)
    throw new StrictError(400, `${name}: not supported by anthropic-version ${NEWEST} and later`);
  if (name !== 'top_k' && (value < 0 || value > 1))
    throw new StrictError(400, `${name}: Input should be less than or equal to 1`);
}

function checkTools({ tools = [], tool_choice: choice }: Json): void {
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    if (tool?.type && tool.type !== 'custom') continue;
    checkMembers(tool, `tools.${index}`, TOOL, ANTHROPIC_FAULTS);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name))
      throw new StrictError(
        400,
        `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`,
      );
    if (tool.input_schema.type !== 'object')
      throw new StrictError(400, `tools.${index}.custom.input_schema.type: Input should be 'object'`);
    if (names.has(tool.name)) throw new StrictError(400, 'tools: Tool names must be unique.');
    names.add(tool.name);
  }
  if (!choice) return;
  if (!['auto', 'any', 'tool', 'none'].includes(choice.type))
    throw new StrictError(
      400,
      `tool_choice: Input tag '${choice.type}' does not match any of the expected tags`,
    );
  if (tools.length === 0 && choice.type !== 'none')
    throw new StrictError(400, 'tool_choice may only be specified while providing tools.');
  if (choice.type === 'tool' && !names.has(choice.name))
    throw new StrictError(400, `Tool '${choice.name}' not found in provided tools`);
}

function checkThinking({ thinking, tool_choice: choice, max_tokens: maxTokens, temperature }: Json): void {
  if (!thinking || thinking.type === 'disabled') return;
  if (!['enabled', 'adaptive', 'between_tools'].includes(thinking.type))
    throw new StrictError(
      400,
      `thinking: Input tag '${thinking.type}' does not match any of the expected tags`,
    );
  if (choice?.type === 'any' || choice?.type === 'tool')
    throw new StrictError(400, 'Thinking may not be enabled when tool_choice forces tool use.');
  if (temperature !== undefined && temperature !== 1)
    throw new StrictError(400, '`temperature` may only be set to 1 when thinking is enabled.');
  if (thinking.type !== 'enabled') return;
  if (!Number.isInteger(thinking.budget_tokens))
    throw new StrictError(400, 'thinking.enabled.budget_tokens: Field required');
  if (thinking.budget_tokens < 1024)
    throw new StrictError(
      400,
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    );
  if (maxTokens !== undefined && maxTokens <= thinking.budget_tokens)
    throw new StrictError(400, '`max_tokens` must be greater than `thinking.budget_tokens`.');
}
