import { toParts, type Json } from '../json';
import { fromDataUrl, type Attachment, type Conversation } from '../model/conversation';

/** Reads a checked body of responses, with the items of the whole conversation. */
export function readConversation(body: Json, items: readonly Json[]): Conversation {
  const isOutput = ({ type }: Json): boolean => type?.endsWith('_call_output') === true;
  const isAssistants = ({ type, role }: Json): boolean =>
    role === 'assistant' || type === 'function_call' || type === 'custom_tool_call';
  const turn = items.slice(items.findLastIndex(isAssistants) + 1);
  const said = turn
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => toParts(content, 'input_text'));
  const results = turn.filter(isOutput).flatMap(({ output }) => toParts(output, 'input_text'));
  const texts = (parts: Json[]): string[] => parts.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const effort = body.reasoning?.effort ?? 'none';
  const tools: Json[] = body.tools ?? [];
  return {
    prompt: texts(said).join('\n'),
    tools: new Map(
      tools
        .filter(({ type }) => type === 'function' || type === 'custom')
        .map((tool) => [tool.name, tool.parameters]),
    ),
    toolChoice: body.tool_choice?.name ? { name: body.tool_choice.name } : (body.tool_choice ?? 'auto'),
    isParallel: body.parallel_tool_calls ?? true,
    results: texts(results),
    attachments: [...said, ...results].flatMap(attachmentOf),
    schema: body.text?.format?.schema ?? null,
    thinks: effort !== 'none',
    maxTokens: body.max_output_tokens ?? null,
    stopTexts: [],
  };
}

function attachmentOf({ type, image_url: image, file_data: data }: Json): Attachment[] {
  if (type !== 'input_image' && type !== 'input_file') return [];
  return [fromDataUrl(image ?? data ?? '')];
}
