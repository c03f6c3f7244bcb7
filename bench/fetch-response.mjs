import { request as send } from 'undici';

/** Sends one request and reads its complete response. Throws for another status than `status`. */
export async function fetchResponse(program, { method = 'GET', path, headers = {}, body }, status = 200) {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await send(`${program.url}${path}`, { method, headers: { ...headers, ...json }, body });
  const bytes = Buffer.from(await response.body.arrayBuffer());
  if (response.statusCode === status) return { bytes, headers: response.headers };
  throw new Error(`${method} ${path}: ${response.statusCode} ${bytes.toString('utf8', 0, 300)}`);
}
