import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, type ApiResponse, type RequestOptions } from './http-client';

const MAX_TRIES = 20;

/**
 * Sends again what found the database busy, as the error tells clients to: on a cluster the writers of one account take
 * the row of its revision from each other across nodes, and after five losses in a row one is told so.
 */
export class PatientClient extends ApiClient {
  static of(client: ApiClient): PatientClient {
    return new PatientClient(client.baseUrl, client.token, client.contract);
  }

  /** Requests that were sent again. */
  repeated = 0;

  override async request(
    method: string,
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<ApiResponse> {
    for (let turn = 1; ; turn++) {
      const answer = await super.request(method, path, body, options);
      const isBusy = answer.status === 503 && answer.body.code === 'database_busy';
      if (!isBusy || turn === MAX_TRIES) return answer;
      this.repeated += 1;
      await sleep(Math.random() * 1000 * Number(answer.headers.get('retry-after')));
    }
  }
}
