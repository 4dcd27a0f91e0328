import type { z } from 'zod';
import { images } from './delivery/images';
import { certificates } from './foundation/certificates';
import { namespaces } from './foundation/namespaces';
import { nodePools } from './foundation/node-pools';
import { postgres } from './foundation/postgres';
import { secrets } from './foundation/secrets';
import { autoscaling } from './operations/autoscaling';
import { argoEvents } from './processing/argo-events';
import { argoWorkflows } from './processing/argo-workflows';
import { jupyterhub } from './processing/jupyterhub';
import { kafka } from './processing/kafka';
import { spark } from './processing/spark';
import { hive } from './query/hive';
import { trino } from './query/trino';
import { cassandra } from './serving/cassandra';
import { dataApi } from './serving/data-api';
import { druid } from './serving/druid';
import { starrocks } from './serving/starrocks';
import { objectStore } from './storage/object-store';
import { tables } from './storage/tables';

/** Every component of the platform by the group it belongs to, in reading order. */
export const groups = {
  foundation: [namespaces, nodePools, secrets, certificates, postgres],
  storage: [objectStore, tables],
  processing: [argoWorkflows, kafka, spark, argoEvents, jupyterhub],
  query: [hive, trino],
  serving: [starrocks, druid, cassandra, dataApi],
  delivery: [images],
  operations: [autoscaling],
} as const;

type AnyComponent = (typeof groups)[keyof typeof groups][number];

export const components: readonly AnyComponent[] = Object.values(groups).flat();

/** Settings that an overlay may give, by component; `false` turns a component off. */
export type Settings = {
  readonly [C in AnyComponent as C['name']]?: z.input<C['settings']> | false;
};
