import { ApiClient } from '../clients/http-client';
import { eventually } from '../eventually';
import { ServiceProcess } from './service-process';

interface Replica {
  readonly process: ServiceProcess;
  readonly api: ApiClient;
  calls: number;
}

/** Replicas behind a load balancer that replaces them one by one, as a rolling deployment does: none is missed. */
export class RollingReplicas {
  private serving: Replica[] = [];
  private turn = 0;

  constructor(private readonly token: string) {}

  /** All that the replicas have written so far, those that are gone as well. */
  output = '';

  /** Makes a call to the replica whose turn it is. */
  async call<T>(work: (api: ApiClient) => Promise<T>): Promise<T> {
    const replica = this.serving[this.turn++ % this.serving.length]!;
    replica.calls += 1;
    try {
      return await work(replica.api);
    } finally {
      replica.calls -= 1;
    }
  }

  /** Brings as many new replicas as `environments` has, each before an old one goes. */
  async rollOut(...environments: Readonly<Record<string, string>>[]): Promise<void> {
    const old = [...this.serving];
    for (const env of environments) {
      const process = await ServiceProcess.start(env);
      this.serving.push({ process, api: new ApiClient(await process.listening(), this.token), calls: 0 });
      const [gone] = old.splice(0, 1);
      if (gone) await this.retire(gone);
    }
    for (const gone of old) await this.retire(gone);
  }

  async stop(): Promise<void> {
    const left = this.serving.splice(0);
    await Promise.all(left.map(({ process }) => process.kill()));
    for (const { process } of left) this.output += process.output;
  }

  private async retire(replica: Replica): Promise<void> {
    this.serving = this.serving.filter((other) => other !== replica);
    await eventually('its calls have ended', () => replica.calls === 0);
    replica.process.signal('SIGTERM');
    const code = await replica.process.exited;
    this.output += replica.process.output;
    if (code !== 0) throw new Error(`a replica ended with ${code}\n${replica.process.output}`);
  }
}
