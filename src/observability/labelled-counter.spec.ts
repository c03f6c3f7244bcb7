import { LabelledCounter } from './labelled-counter';
import { MetricsRegistry } from './metrics-registry';

describe('LabelledCounter', () => {
  it('is written by the registry, with a series for each value of the label', async () => {
    const registry = new MetricsRegistry();
    const counter = new LabelledCounter({ name: 'x_total', help: 'Things.', label: 'kind' });
    registry.addLabelledMetric(counter);
    counter.increment('a');
    counter.increment('b');
    counter.increment('b');
    expect(await registry.text()).toContain(
      '# HELP x_total Things.\n# TYPE x_total counter\nx_total{kind="a"} 1\nx_total{kind="b"} 2\n',
    );
  });

  it('counts values beyond the hundredth as other', async () => {
    const counter = new LabelledCounter({ name: 'x_total', help: 'Things.', label: 'kind' });
    for (let value = 0; value < 150; value++) counter.increment(`value ${value}`);
    const { values } = await counter.get();
    expect(values).toHaveLength(101);
    expect(values).toContainEqual({ labels: { kind: 'other' }, value: 50 });
  });
});
