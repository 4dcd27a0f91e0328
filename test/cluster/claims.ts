import type { Api, Resource } from './api';
import { repeat } from './wait';

interface Claim extends Resource {
  readonly spec: {
    readonly storageClassName?: string;
    readonly accessModes: readonly string[];
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string };
}

/** Plays whoever makes volumes of claims: without one, the scheduler would wait for ever with every pod that has one. */
export class Claims {
  private running = true;
  private readonly loop: Promise<void>;

  constructor(private readonly api: Api) {
    this.loop = repeat(
      () => this.running,
      500,
      () => this.look(),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async look(): Promise<void> {
    for (const claim of await this.api.list<Claim>('/api/v1/persistentvolumeclaims')) {
      if (!claim.spec.volumeName) await this.make(claim);
    }
  }

  private async make({ metadata: { name, namespace, uid }, spec }: Claim): Promise<void> {
    const volume = `test-${uid}`;
    await this.api.apply(
      `/api/v1/persistentvolumes/${volume}`,
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: volume },
        spec: {
          capacity: spec.resources.requests,
          accessModes: spec.accessModes,
          storageClassName: spec.storageClassName ?? '',
          persistentVolumeReclaimPolicy: 'Retain',
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
          hostPath: { path: `/test/${volume}` },
        },
      },
      'lakeport-test',
    );
  }
}
