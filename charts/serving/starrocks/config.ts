import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import { FOLDER, PORTS } from './names';
import type { Settings } from './settings';

/** Where pods find the keystore of the server, and compute nodes their cache. */
export const PATHS = {
  keystore: '/etc/server',
  cache: '/opt/starrocks/cn/storage',
  metadata: '/opt/starrocks/fe/meta',
  kafka: '/etc/kafka',
} as const;

/** Variables that stand for secrets in fe.conf, which takes the values of its environment. */
export const VARIABLES = { keystore: 'KEYSTORE_PASSWORD', storage: 'STORAGE_KEY' } as const;

/** What of the memory of a frontend is heap; the rest is for what Java keeps beside it. */
const HEAP = 2 / 3;

/** fe.conf. The default storage volume is made of it at the first start; what names a place may never change again. */
export function frontendConfig(chart: ComponentChart, { frontends }: Settings, identity: Identity): string {
  const heap = Math.floor((parseQuantity(frontends.memory) * HEAP) / 2 ** 20);
  return lines({
    LOG_DIR: ref('STARROCKS_HOME', '/log'),
    JAVA_OPTS: `"-Dlog4j2.formatMsgNoLookups=true -Xmx${heap}m -XX:+UseG1GC -Djava.security.policy=${ref('STARROCKS_HOME', '/conf/udf_security.policy')}"`,
    http_port: PORTS.http,
    rpc_port: PORTS.rpc,
    query_port: PORTS.sql,
    edit_log_port: PORTS.log,
    mysql_service_nio_enabled: true,
    ssl_keystore_location: `${PATHS.keystore}/keystore.p12`,
    ssl_keystore_password: ref(VARIABLES.keystore),
    ssl_key_password: ref(VARIABLES.keystore),
    run_mode: 'shared_data',
    cloud_native_meta_port: PORTS.meta,
    enable_load_volume_from_conf: true,
    ...storage(chart.site, identity),
  });
}

/** cn.conf. */
export const computeConfig = ({ compute }: Settings): string =>
  lines({
    be_http_port: PORTS.web,
    be_port: PORTS.thrift,
    heartbeat_service_port: PORTS.heartbeat,
    brpc_port: PORTS.brpc,
    starlet_port: PORTS.starlet,
    storage_root_path: PATHS.cache,
    // The greater of the two counts, and by itself it would take most of the disk, which is the node's.
    datacache_disk_size: `${Math.max(1, Math.floor(parseQuantity(compute.cache) / 2 ** 30))}G`,
    starlet_star_cache_disk_size_percent: 1,
    enable_datacache_disk_auto_adjust: false,
  });

/** The store in the words of fe.conf. */
function storage(site: Site, { secret }: Identity): Record<string, string | boolean> {
  const { client } = site.cloud.objectStore;
  const place = `${site.bucket('deep-storage')}/${FOLDER}`;
  switch (client.protocol) {
    case 's3':
      return {
        cloud_native_storage_type: 'S3',
        aws_s3_path: place,
        aws_s3_region: client.region,
        aws_s3_endpoint: `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        ...(secret
          ? { aws_s3_access_key: ref('AWS_ACCESS_KEY_ID'), aws_s3_secret_key: ref('AWS_SECRET_ACCESS_KEY') }
          : { aws_s3_use_aws_sdk_default_behavior: true }),
      };
    case 'azure':
      // It finds managed identities of nodes, and none of pods.
      return {
        cloud_native_storage_type: 'ADLS2',
        azure_adls2_path: place,
        azure_adls2_endpoint: `https://${client.account}.dfs.core.windows.net`,
        azure_adls2_shared_key: ref(VARIABLES.storage),
      };
    case 'gcs':
      return {
        cloud_native_storage_type: 'GS',
        gcp_gcs_path: place,
        gcp_gcs_use_compute_engine_service_account: true,
      };
  }
}

/** What stands for the value of a variable. */
const ref = (variable: string, rest = ''): string => `\${${variable}}${rest}`;

const lines = (values: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
