import type { Conversation } from './conversation';
import { countTokens, piecesOf } from './pieces';
import { sampleValue } from './sample-value';

export interface ToolCall {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** What the model says next. */
export interface Turn {
  readonly thinking: string;
  readonly text: string;
  readonly isRefusal: boolean;
  readonly calls: readonly ToolCall[];
  readonly ending: 'stop' | 'calls' | 'length' | 'refusal' | 'stop_text';
  readonly stopText: string | null;
  readonly reasoningTokens: number;
  /** With the reasoning. */
  readonly outputTokens: number;
}

/**
 * Decides what the model says. The text of the last turn may contain directives:
 * - `[call NAME {json}]` calls a tool that the request offers; several are parallel calls.
 * - `[refuse]` refuses.
 * - `[count N]` counts to N, for long texts.
 *
 * Without a directive the model describes what it got: results of tools, attachments, or the prompt.
 */
export function nextTurn(conversation: Conversation): Turn {
  const { prompt, thinks, maxTokens } = conversation;
  const budget = maxTokens ?? Infinity;
  const thought = piecesOf(thinks ? `Think about: ${prompt.slice(0, 60)}` : '').slice(0, budget);
  const isRefusal = prompt.includes('[refuse]') && conversation.results.length === 0;
  const calls = isRefusal ? [] : callsOf(conversation);
  const whole = isRefusal ? 'I cannot help with that.' : calls.length > 0 ? '' : textOf(conversation);
  const stopText = conversation.stopTexts.find((text) => whole.includes(text)) ?? null;
  const said = piecesOf(stopText === null ? whole : whole.slice(0, whole.indexOf(stopText)));
  const spoken = said.slice(0, budget - thought.length);
  const callTokens = calls.reduce((sum, call) => sum + countTokens(call.name + call.arguments), 0);
  const used = thought.length + spoken.length;
  const isCut = used + callTokens > budget || spoken.length < said.length;
  return {
    thinking: thought.join(''),
    text: spoken.join(''),
    isRefusal,
    calls: isCut ? [] : calls,
    ending: isCut ? 'length' : endingOf(isRefusal, calls, stopText),
    stopText: isCut ? null : stopText,
    reasoningTokens: thought.length,
    outputTokens: isCut ? used : used + callTokens,
  };
}

function endingOf(isRefusal: boolean, calls: readonly ToolCall[], stopText: string | null): Turn['ending'] {
  if (isRefusal) return 'refusal';
  if (calls.length > 0) return 'calls';
  return stopText === null ? 'stop' : 'stop_text';
}

function callsOf({ prompt, tools, toolChoice, isParallel, results }: Conversation): ToolCall[] {
  if (results.length > 0 || toolChoice === 'none') return [];
  const calls: ToolCall[] = [];
  for (const [, name = '', json = ''] of prompt.matchAll(/\[call (\S+) (\{.*?\})\]/gs))
    if (tools.has(name) && isJson(json)) calls.push({ name, arguments: json });
  if (calls.length === 0 && toolChoice !== 'auto') {
    const name = toolChoice === 'required' ? [...tools.keys()][0]! : toolChoice.name;
    calls.push({ name, arguments: JSON.stringify(sampleValue(tools.get(name))) });
  }
  return isParallel ? calls : calls.slice(0, 1);
}

function textOf({ prompt, results, attachments, schema }: Conversation): string {
  if (schema !== null) return JSON.stringify(sampleValue(schema));
  const seen = attachments.map(({ mediaType, bytes }) => `${mediaType} of ${bytes} bytes`).join(', ');
  if (results.length > 0) return `Results: ${results.join('; ')}${seen && `. Seen: ${seen}`}`;
  if (seen) return `Seen: ${seen}`;
  const [, limit] = /\[count (\d+)\]/.exec(prompt) ?? [];
  if (limit === undefined) return `You said: ${prompt.slice(0, 200)}`;
  return Array.from({ length: Number(limit) }, (_, index) => index + 1).join(' ');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
