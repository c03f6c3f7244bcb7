import { request as send } from 'undici';

/** One request and its whole answer. Throws where the status is another than `status`. */
export async function fetchAnswer(program, { method = 'GET', path, headers = {}, body }, status = 200) {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await send(`${program.url}${path}`, { method, headers: { ...headers, ...json }, body });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode === status) return { bytes, headers: answer.headers };
  throw new Error(`${method} ${path}: ${answer.statusCode} ${bytes.toString('utf8', 0, 300)}`);
}
