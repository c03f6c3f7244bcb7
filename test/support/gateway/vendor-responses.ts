import type { EndpointPath } from '../../../src/gateway/dialect/endpoint';

/** A parsed body. */
type Json = ReturnType<typeof JSON.parse>;

/** The endpoints with streams. */
export const GENERATION = ['chat/completions', 'responses', 'messages'] as const;
export type Generation = (typeof GENERATION)[number];

export const KINDS: Readonly<Record<EndpointPath, 'openai' | 'anthropic'>> = {
  'chat/completions': 'openai',
  responses: 'openai',
  'responses/compact': 'openai',
  messages: 'anthropic',
  'messages/count_tokens': 'anthropic',
  embeddings: 'openai',
};

/** A request that each vendor accepts. `model` is the selector. */
export function requestOf(path: EndpointPath, model: string, more: Json = {}): Json {
  switch (path) {
    case 'chat/completions':
      return { model, messages: [{ role: 'user', content: 'hi' }], ...more };
    case 'responses':
    case 'responses/compact':
      return { model, input: 'hi', ...more };
    case 'embeddings':
      return { model, input: ['hi'], ...more };
    default:
      return { model, max_tokens: 16, messages: [{ role: 'user', content: 'hi' }], ...more };
  }
}

/** A response to it with 12 tokens of input and 3 of output. */
export function responseOf(path: EndpointPath, text = 'hello'): Json {
  const model = 'upstream-model';
  switch (path) {
    case 'chat/completions':
      return {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      };
    case 'responses':
    case 'responses/compact':
      return {
        id: 'resp_1',
        object: 'response',
        created_at: 1,
        status: 'completed',
        model,
        store: true,
        output: [
          { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text }] },
        ],
        usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 },
      };
    case 'messages':
      return {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model,
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 12, output_tokens: 3 },
      };
    case 'messages/count_tokens':
      return { input_tokens: 12 };
    case 'embeddings':
      return {
        object: 'list',
        model,
        data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
        usage: { prompt_tokens: 12, total_tokens: 12 },
      };
  }
}

/** The body of an error of OpenAI. */
export function openaiError(message: string, more: object = {}): Json {
  return { error: { message, type: 'x', code: null, ...more } };
}

/** The body of an error of Anthropic. */
export function anthropicError(type: string, message: string): Json {
  return { type: 'error', error: { type, message } };
}

/** The events of a stream, with the same counts. */
export interface StreamParts {
  /** Carries no content. */
  readonly preamble: string;
  /** The first content. */
  readonly content: string;
  /** More content. */
  readonly more: string;
  /** The end without the terminal event. */
  readonly closing: string;
  readonly terminal: string;
}

export function streamOf(path: Generation): StreamParts {
  switch (path) {
    case 'chat/completions':
      return {
        preamble: chunk({ role: 'assistant', content: '' }),
        content: chunk({ content: 'first' }),
        more: chunk({ content: ' second' }),
        closing: chunk({}, 'stop') + data({ ...CHUNK, choices: [], usage: responseOf(path).usage }),
        terminal: 'data: [DONE]\n\n',
      };
    case 'messages':
      return {
        preamble:
          event('message_start', {
            message: { ...responseOf(path), content: [], usage: { input_tokens: 12, output_tokens: 1 } },
          }) + event('ping', {}),
        content:
          event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
          delta('first'),
        more: delta(' second'),
        closing:
          event('content_block_stop', { index: 0 }) +
          event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
        terminal: event('message_stop', {}),
      };
    case 'responses': {
      const response = { ...responseOf(path), status: 'in_progress', output: [], usage: null };
      return {
        preamble:
          event('response.created', { sequence_number: 0, response }) +
          event('response.in_progress', { sequence_number: 1, response }),
        content:
          event('response.output_item.added', {
            sequence_number: 2,
            output_index: 0,
            item: { type: 'message' },
          }) + event('response.output_text.delta', { sequence_number: 3, delta: 'first' }),
        more: event('response.output_text.delta', { sequence_number: 4, delta: ' second' }),
        closing: event('response.output_text.done', { sequence_number: 5, text: 'first second' }),
        terminal: event('response.completed', { sequence_number: 6, response: responseOf(path) }),
      };
    }
  }
}

/** The whole stream as one text. */
export function joinStream({ preamble, content, more, closing, terminal }: StreamParts): string {
  return preamble + content + more + closing + terminal;
}

const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'upstream-model' };

function chunk(delta: Json, finish_reason: string | null = null): string {
  return data({ ...CHUNK, choices: [{ index: 0, delta, finish_reason }] });
}

function delta(text: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

function event(type: string, fields: Json): string {
  return `event: ${type}\n${data({ type, ...fields })}`;
}

function data(json: Json): string {
  return `data: ${JSON.stringify(json)}\n\n`;
}
