import type { Json } from '../json';
import { countTokens, piecesOf } from '../model/pieces';
import type { Turn } from '../model/turn';
import type { StrictEvent } from '../strict-call';

/**
 * Returns the chunks of a stream: the role, the reasoning, the text, the calls, the reason, then the usage if the caller
 * wants it, and `[DONE]`.
 */
export function streamChoices(
  base: Json,
  turn: Turn,
  reason: string,
  choices: number,
  usage: Json,
): StrictEvent[] {
  const shared = { ...base, object: 'chat.completion.chunk', service_tier: 'default' };
  const events: StrictEvent[] = [];
  const push = (choice: Json[], tokens = 0, counts: Json = null): void => {
    const chunk = { ...shared, choices: choice, ...(usage && { usage: counts }) };
    events.push({ text: `data: ${JSON.stringify(chunk)}\n\n`, tokens });
  };
  for (let index = 0; index < choices; index += 1) {
    const delta = (fields: Json, tokens: number, finish_reason: string | null = null): void =>
      push([{ index, delta: fields, logprobs: null, finish_reason }], tokens);
    delta({ role: 'assistant', content: turn.calls.length > 0 ? null : '', refusal: null }, 0);
    for (const piece of piecesOf(turn.thinking)) delta({ reasoning_content: piece }, 1);
    for (const piece of piecesOf(turn.text)) delta({ [turn.isRefusal ? 'refusal' : 'content']: piece }, 1);
    const id = base.id.replace('chatcmpl-', 'call_');
    for (const [position, call] of turn.calls.entries()) {
      const { name, arguments: text } = call;
      const opening = {
        id: `${id}_${index}_${position}`,
        type: 'function',
        function: { name, arguments: '' },
      };
      delta({ tool_calls: [{ index: position, ...opening }] }, countTokens(name + text));
      for (const piece of piecesOf(text))
        delta({ tool_calls: [{ index: position, function: { arguments: piece } }] }, 0);
    }
    delta({}, 0, reason);
  }
  if (usage) push([], 0, usage);
  events.push({ text: 'data: [DONE]\n\n', tokens: 0 });
  return events;
}
