import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

/**
 * Prints the objects of Kafka and Spark of a site as JSON: those of overlays/onprem.ts, with topics of every sort and
 * a listener for tokens and a sink. The first argument is where the keys of tokens are.
 */
const [jwks = ''] = process.argv.slice(2);
const base = (program.load(`${program.root}/overlays/onprem.ts`) as { default: Overlay }).default;
const overlay = extendOverlay<Readonly<Record<string, unknown>>>(base, {
  components: {
    // Its sources name topics of the overlay, which are replaced here.
    'argo-events': false,
    kafka: {
      oidc: { issuer: 'https://login.example.internal/realms/lake', jwks, claim: 'client_id' },
      topics: [
        { team: 'ingestion', name: 'orders', readers: ['analytics'], retentionHours: 48, outageHours: 24 },
        { team: 'ingestion', name: 'customers', cleanup: 'compact', partitions: 3 },
        { team: 'ingestion', name: 'landed', partitions: 3 },
        { team: 'science', name: 'events', cleanup: 'compact,delete', retentionBytes: '1Gi', minInsync: 1 },
      ],
      connect: {
        plugin: 'registry.example.internal/lake/iceberg-sink:1.12.0',
        catalog: 'https://catalog.example.internal',
        sinks: [{ team: 'ingestion', topic: 'landed', table: 'raw.landed', commitMinutes: 0.05 }],
      },
    },
  },
});
const { model } = synthesize('onprem', overlay, program.platform);
const manifests = model.entries
  .filter(({ component }) => component === 'kafka' || component === 'spark')
  .map(({ manifest }) => manifest);
console.log(JSON.stringify(manifests));
