import type { Json } from '../json';
import { countTokens, piecesOf } from '../model/pieces';
import type { StrictEvent } from '../strict-call';

/** Returns the events of a response: created, each item from `added` to `done`, then completed or incomplete. */
export function streamResponse(response: Json): StrictEvent[] {
  const stream = new ResponseEvents();
  const started = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  stream.push('response.created', { response: started });
  stream.push('response.in_progress', { response: started });
  for (const [index, item] of response.output.entries()) stream.pushItem(item, index);
  stream.push(`response.${response.status}`, { response });
  return stream.events;
}

class ResponseEvents {
  readonly events: StrictEvent[] = [];

  push(type: string, fields: Json, tokens = 0): void {
    const data = JSON.stringify({ type, sequence_number: this.events.length, ...fields });
    this.events.push({ text: `event: ${type}\ndata: ${data}\n\n`, tokens });
  }

  pushItem(item: Json, output_index: number): void {
    const open = { ...item, status: item.status && 'in_progress' };
    const at = { item_id: item.id, output_index };
    switch (item.type) {
      case 'reasoning':
        this.push('response.output_item.added', { output_index, item: { ...item, summary: [] } });
        this.pushSummary(item, at);
        break;
      case 'message':
        this.push('response.output_item.added', { output_index, item: { ...open, content: [] } });
        this.pushText(item.content[0], { ...at, content_index: 0 });
        break;
      case 'function_call':
        this.push('response.output_item.added', { output_index, item: { ...open, arguments: '' } });
        this.pushCall('function_call_arguments', 'arguments', item, at);
        break;
      default:
        this.push('response.output_item.added', { output_index, item: { ...open, input: '' } });
        this.pushCall('custom_tool_call_input', 'input', item, at);
    }
    this.push('response.output_item.done', { output_index, item });
  }

  private pushSummary({ summary }: Json, at: Json): void {
    for (const [summary_index, part] of summary.entries()) {
      const where = { ...at, summary_index };
      this.push('response.reasoning_summary_part.added', { ...where, part: { ...part, text: '' } });
      for (const delta of piecesOf(part.text))
        this.push('response.reasoning_summary_text.delta', { ...where, delta }, 1);
      this.push('response.reasoning_summary_text.done', { ...where, text: part.text });
      this.push('response.reasoning_summary_part.done', { ...where, part });
    }
  }

  private pushText(part: Json, at: Json): void {
    const field = part.type === 'refusal' ? 'refusal' : 'text';
    const name = part.type === 'refusal' ? 'response.refusal' : 'response.output_text';
    const logprobs = field === 'text' && { logprobs: [] };
    this.push('response.content_part.added', { ...at, part: { ...part, [field]: '' } });
    for (const delta of piecesOf(part[field])) this.push(`${name}.delta`, { ...at, delta, ...logprobs }, 1);
    this.push(`${name}.done`, { ...at, [field]: part[field], ...logprobs });
    this.push('response.content_part.done', { ...at, part });
  }

  private pushCall(event: string, field: string, item: Json, at: Json): void {
    for (const delta of piecesOf(item[field])) this.push(`response.${event}.delta`, { ...at, delta }, 1);
    const tokens = countTokens(item.name);
    this.push(`response.${event}.done`, { ...at, name: item.name, [field]: item[field] }, tokens);
  }
}
