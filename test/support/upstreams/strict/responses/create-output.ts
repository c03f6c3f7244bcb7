import type { Json } from '../json';
import type { Turn } from '../model/turn';
import type { StrictCall } from '../strict-call';

/** Returns the items of the output: reasoning, then a message or calls. */
export function createOutput({ body, serial, state }: StrictCall, turn: Turn): Json[] {
  const items: Json[] = [];
  if (turn.thinking !== '') {
    const id = `rs_strict${serial}`;
    const wantsSeal = body.include?.includes('reasoning.encrypted_content');
    const summary = body.reasoning.summary ? turn.thinking : '';
    items.push({
      id,
      type: 'reasoning',
      summary: summary === '' ? [] : [{ type: 'summary_text', text: summary }],
      ...(wantsSeal && { encrypted_content: state.seals.seal(`${id}:${summary}`) }),
    });
  }
  const status = turn.ending === 'length' ? 'incomplete' : 'completed';
  if (turn.calls.length === 0) {
    const part = turn.isRefusal
      ? { type: 'refusal', refusal: turn.text }
      : { type: 'output_text', text: turn.text, annotations: [], logprobs: [] };
    items.push({ id: `msg_strict${serial}`, type: 'message', status, role: 'assistant', content: [part] });
  }
  for (const [index, call] of turn.calls.entries()) {
    const ids = { id: `fc_strict${serial}_${index}`, call_id: `call_strict${serial}_${index}` };
    const isCustom = body.tools.some(({ type, name }: Json) => type === 'custom' && name === call.name);
    items.push(
      isCustom
        ? {
            ...ids,
            type: 'custom_tool_call',
            status,
            name: call.name,
            input: JSON.parse(call.arguments).input,
          }
        : { ...ids, type: 'function_call', status, name: call.name, arguments: call.arguments },
    );
  }
  return items;
}
