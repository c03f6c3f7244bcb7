import { MetricsRegistry } from './metrics-registry';
import { RequestMetrics } from './request.metrics';

describe('RequestMetrics', () => {
  const registry = new MetricsRegistry();
  const observe = new RequestMetrics(registry).observerOf('/v1/a');
  const lines = async (name: string) =>
    (await registry.text()).split('\n').filter((line) => line.startsWith(`${name}{`));

  it('adds one series for each method and status of a route', async () => {
    for (let request = 0; request < 5; request++) observe('GET', 200, 0.002);
    observe('POST', 200, 0.002);
    observe('GET', 503, 0.002);
    expect(await lines('caret_http_request_duration_seconds_count')).toEqual([
      'caret_http_request_duration_seconds_count{method="GET",route="/v1/a",status="200"} 5',
      'caret_http_request_duration_seconds_count{method="POST",route="/v1/a",status="200"} 1',
      'caret_http_request_duration_seconds_count{method="GET",route="/v1/a",status="503"} 1',
    ]);
  });

  it('counts the responses with status 500 or above', async () => {
    observe('GET', 499, 0.001);
    observe('GET', 500, 0.001);
    expect(await lines('caret_http_server_errors_total')).toEqual([
      'caret_http_server_errors_total{route="/v1/a",status="503"} 1',
      'caret_http_server_errors_total{route="/v1/a",status="500"} 1',
    ]);
  });
});
