import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { anthropicModelPage } from './model-lists';
import type { Reply } from './scripted-upstream';

const CHUNK_BYTES = 64 * 1024;

export function replyJson(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Any text with any content type, such as HTML with 200, truncated JSON or an empty body. */
export function replyText(text: string, contentType = 'text/html; charset=utf-8', status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(text);
  };
}

export function replyRedirect(location: string, status = 302): Reply {
  return (response) => {
    response.writeHead(status, { location }).end();
  };
}

/** Never responds. With `afterHeaders`, sends the status and headers first. */
export function hang({ afterHeaders = false } = {}): Reply {
  return (response) => {
    if (afterHeaders) response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  };
}

/** Resets the connection (RST) before the first byte or, with `afterBytes`, during the body. */
export function reset({ afterBytes = '' } = {}): Reply {
  return (response) => {
    const { socket } = response;
    if (!afterBytes) return void socket?.resetAndDestroy();
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': afterBytes.length + 1000,
    });
    response.write(afterBytes, () => socket?.resetAndDestroy());
  };
}

/** Sends one byte at a time, which only a total timeout ends. */
export function dribble(intervalMilliseconds: number): Reply {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"data":[');
    while (!response.destroyed) {
      response.write(' ');
      await sleep(intervalMilliseconds, undefined, { ref: false });
    }
  };
}

/** Valid JSON of about `bytes` bytes on the wire. */
export function replyLarge(bytes: number): Reply {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    await pipeline(Readable.from(largeJson(bytes)), response).catch(() => undefined);
  };
}

/** A small body, about a thousandth of `bytes`, that decodes to valid JSON of about `bytes` bytes. */
export function replyGzipBomb(bytes: number): Reply {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    await pipeline(Readable.from(largeJson(bytes)), createGzip({ level: 9 }), response).catch(
      () => undefined,
    );
  };
}

/** Anthropic's `GET /v1/models` for these ids, with pagination by `limit` and `after_id`. */
export function replyAnthropicModels(ids: readonly string[], maxPageSize = 1000): Reply {
  return (response, request) => {
    const { searchParams } = new URL(request.url, 'http://upstream');
    const limit = Math.min(Number(searchParams.get('limit') ?? 20), maxPageSize);
    const page = anthropicModelPage(ids, { limit, afterId: searchParams.get('after_id') });
    return replyJson(page)(response, request);
  };
}

function* largeJson(bytes: number): Generator<string> {
  yield '{"object":"list","data":[],"padding":"';
  const padding = 'a'.repeat(CHUNK_BYTES);
  for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) yield padding;
  yield '"}';
}
