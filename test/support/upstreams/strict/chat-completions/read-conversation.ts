import { toParts, type Json } from '../json';
import { fromDataUrl, toAttachment, type Attachment, type Conversation } from '../model/conversation';

/** Reads a checked body of chat completions. */
export function readConversation(body: Json): Conversation {
  const messages: Json[] = body.messages;
  const lastAssistant = messages.findLastIndex(({ role }) => role === 'assistant');
  const turn = messages.slice(lastAssistant + 1).filter(({ role }) => role === 'user' || role === 'tool');
  const parts = (role: string): Json[] =>
    turn.filter((message) => message.role === role).flatMap(({ content }) => toParts(content, 'text'));
  const texts = (list: Json[]): string[] => list.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const effort = body.reasoning_effort ?? 'none';
  return {
    prompt: texts(parts('user')).join('\n'),
    tools: new Map(
      (body.tools ?? [])
        .filter(({ type }: Json) => type === 'function')
        .map((tool: Json) => [tool.function.name, tool.function.parameters]),
    ),
    toolChoice: body.tool_choice?.function ?? body.tool_choice ?? 'auto',
    isParallel: body.parallel_tool_calls ?? true,
    results: texts(parts('tool')),
    attachments: parts('user').flatMap(attachmentOf),
    schema: body.response_format?.json_schema?.schema ?? null,
    thinks: effort !== 'none',
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    stopTexts: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
  };
}

function attachmentOf({ type, image_url: image, file, input_audio: audio }: Json): Attachment[] {
  if (type === 'image_url') return [fromDataUrl(image.url)];
  if (type === 'input_audio') return [toAttachment(`audio/${audio.format}`, audio.data)];
  if (type !== 'file') return [];
  return [file.file_data ? fromDataUrl(file.file_data) : { mediaType: 'file', bytes: 0 }];
}
