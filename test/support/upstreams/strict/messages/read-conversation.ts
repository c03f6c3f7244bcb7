import { toParts, type Json } from '../json';
import { toAttachment, type Attachment, type Conversation } from '../model/conversation';

/** Reads a checked body of messages. */
export function readConversation(body: Json): Conversation {
  const messages: Json[] = body.messages;
  const lastAssistant = messages.findLastIndex(({ role }) => role === 'assistant');
  const turn = messages.slice(lastAssistant + 1).filter(({ role }) => role === 'user');
  const blocks = turn.flatMap(({ content }) => toParts(content, 'text'));
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const texts = (parts: Json[]): string[] => parts.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const inResults = results.flatMap(({ content }) => toParts(content, 'text'));
  const choice = body.tool_choice ?? { type: 'auto' };
  return {
    prompt: texts(blocks).join('\n'),
    tools: new Map((body.tools ?? []).map((tool: Json) => [tool.name, tool.input_schema])),
    toolChoice:
      choice.type === 'tool' ? { name: choice.name } : choice.type === 'any' ? 'required' : choice.type,
    isParallel: !choice.disable_parallel_tool_use,
    results: texts(inResults),
    attachments: [...blocks, ...inResults].flatMap(attachmentOf),
    schema: body.output_config?.format?.schema ?? null,
    thinks: (body.thinking?.type ?? 'disabled') !== 'disabled',
    maxTokens: body.max_tokens,
    stopTexts: body.stop_sequences ?? [],
  };
}

function attachmentOf({ type, source }: Json): Attachment[] {
  if (type !== 'image' && type !== 'document') return [];
  return [
    source.type === 'base64'
      ? toAttachment(source.media_type, source.data)
      : { mediaType: source.type, bytes: 0 },
  ];
}
