import { ApiClient } from '../clients/api-client';
import { eventually } from '../eventually';
import { ServiceProcess } from './service-process';

interface Replica {
  readonly process: ServiceProcess;
  readonly api: ApiClient;
  calls: number;
}

/** Replicas behind a load balancer that replaces them one by one without downtime, as a rolling deployment does. */
export class RollingReplicas {
  private serving: Replica[] = [];
  private turn = 0;

  constructor(private readonly token: string) {}

  /** The output of the replicas that have ended. */
  output = '';

  /** Calls the replicas in turn. */
  async call<T>(work: (api: ApiClient) => Promise<T>): Promise<T> {
    const replica = this.serving[this.turn++ % this.serving.length]!;
    replica.calls += 1;
    try {
      return await work(replica.api);
    } finally {
      replica.calls -= 1;
    }
  }

  /** Starts one replica for each environment and retires the old ones, one after each start. */
  async rollOut(...environments: Readonly<Record<string, string>>[]): Promise<void> {
    const old = [...this.serving];
    for (const env of environments) {
      const process = await ServiceProcess.start(env);
      this.serving.push({ process, api: new ApiClient(await process.listening(), this.token), calls: 0 });
      const [retired] = old.splice(0, 1);
      if (retired) await this.retire(retired);
    }
    for (const retired of old) await this.retire(retired);
  }

  async stop(): Promise<void> {
    const remaining = this.serving.splice(0);
    await Promise.all(remaining.map(({ process }) => process.kill()));
    for (const { process } of remaining) this.output += process.output;
  }

  private async retire(replica: Replica): Promise<void> {
    this.serving = this.serving.filter((other) => other !== replica);
    await eventually('the calls of the replica end', () => replica.calls === 0);
    replica.process.signal('SIGTERM');
    const code = await replica.process.exited;
    this.output += replica.process.output;
    if (code !== 0) throw new Error(`a replica exited with ${code}\n${replica.process.output}`);
  }
}
