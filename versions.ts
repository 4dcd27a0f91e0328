/**
 * Every pinned version, once. The comment above a pin tells Renovate where newer ones are found; the URLs of
 * cdk8s.yaml and argocd/install carry the same versions, which a test holds.
 */
export const versions = {
  // renovate: datasource=github-releases depName=argoproj/argo-cd
  argoCd: 'v3.5.1',
  // renovate: datasource=github-releases depName=argoproj/argo-workflows
  argoWorkflows: 'v4.1.2',
  // renovate: datasource=github-releases depName=argoproj/argo-events
  argoEvents: 'v1.9.11',
  // The bus of Argo Events, and what stands beside each of its servers.
  // renovate: datasource=docker depName=nats
  nats: '2.10.29',
  // renovate: datasource=docker depName=natsio/nats-server-config-reloader
  natsReloader: '0.14.0',
  // renovate: datasource=docker depName=natsio/prometheus-nats-exporter
  natsExporter: '0.14.0',
  // renovate: datasource=github-releases depName=aws/karpenter-provider-aws extractVersion=^v(?<version>.*)$
  karpenterAws: '1.14.1',
  // renovate: datasource=github-releases depName=Azure/karpenter-provider-azure extractVersion=^v(?<version>.*)$
  karpenterAzure: '1.14.2',
  // renovate: datasource=github-releases depName=bottlerocket-os/bottlerocket
  bottlerocket: 'v1.46.0',
  // The oldest GKE that a site may have, by the fields of its ComputeClass.
  // renovate: datasource=github-tags depName=GoogleCloudPlatform/compute-class-api
  gke: '1.34.0',
  // renovate: datasource=github-tags depName=apache/kafka
  kafka: '4.3.1',
  // renovate: datasource=docker depName=ghcr.io/aiven-open/karapace
  karapace: '6.2.0',
  // renovate: datasource=github-releases depName=strimzi/strimzi-kafka-operator
  strimzi: '1.2.0',
  // renovate: datasource=github-releases depName=cert-manager/cert-manager
  certManager: 'v1.21.1',
  // renovate: datasource=github-releases depName=kedacore/keda extractVersion=^v(?<version>.*)$
  keda: '2.20.2',
  // renovate: datasource=github-releases depName=kubernetes-sigs/metrics-server extractVersion=^metrics-server-helm-chart-(?<version>.*)$
  metricsServer: '3.13.1',
  // renovate: datasource=github-releases depName=external-secrets/external-secrets extractVersion=^v(?<version>.*)$
  externalSecrets: '2.9.0',
  // renovate: datasource=github-releases depName=cloudnative-pg/cloudnative-pg extractVersion=^v(?<version>.*)$
  cloudNativePg: '1.30.0',
  // renovate: datasource=github-tags depName=cloudnative-pg/charts extractVersion=^cloudnative-pg-v(?<version>.*)$
  cloudNativePgChart: '0.29.0',
  // renovate: datasource=github-releases depName=cloudnative-pg/plugin-barman-cloud
  barmanCloudPlugin: 'v0.13.0',
  // renovate: datasource=github-tags depName=cloudnative-pg/charts extractVersion=^plugin-barman-cloud-v(?<version>.*)$
  barmanCloudPluginChart: '0.7.0',
  // Another major version is no update: data must be moved to it.
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/postgresql versioning=regex:^(?<major>\d+)\.(?<minor>\d+)-(?<compatibility>standard-trixie)$
  postgres: '18.6-standard-trixie',
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/pgbouncer
  pgBouncer: '1.25.1',
  // The Hadoop client in the image of Spark, which its connectors must equal.
  // renovate: datasource=maven depName=org.apache.hadoop:hadoop-aws
  hadoop: '3.4.2',
  // renovate: datasource=maven depName=com.google.cloud.bigdataoss:gcs-connector
  gcsConnector: '4.0.4',
  // renovate: datasource=docker depName=apache/spark
  spark: '4.1.3',
  // Since 1.9 its placeholders hold to the restricted profile of pod security.
  // renovate: datasource=docker depName=apache/yunikorn extractVersion=^scheduler-(?<version>.*)$
  yunikorn: '1.9.0',
  // Which of these go together: compatibility.ts.
  // renovate: datasource=maven depName=io.delta:delta-spark_4.1_2.13
  delta: '4.4.0',
  // renovate: datasource=maven depName=org.apache.iceberg:iceberg-spark-runtime-4.1_2.13
  iceberg: '1.12.0',
  // Which lines of Spark its listener goes with: charts/processing/spark/lineage.ts.
  // renovate: datasource=maven depName=io.openlineage:openlineage-spark_2.13
  openLineage: '1.53.0',
  // What Hive goes together with: compatibility.ts.
  // renovate: datasource=docker depName=apache/hive
  hive: '4.1.0',
  // The Hadoop in the image of Hive, which its connectors must equal.
  // renovate: datasource=maven depName=org.apache.hadoop:hadoop-azure
  hiveHadoop: '3.4.1',
  // renovate: datasource=maven depName=org.postgresql:postgresql
  postgresJdbc: '42.7.14',
  // renovate: datasource=docker depName=eclipse-temurin versioning=regex:^(?<major>\d+)\.(?<minor>\d+)\.(?<patch>\d+)(?:\.\d+)?_(?<build>\d+)$
  java: '21.0.12_8',
  // renovate: datasource=docker depName=python versioning=pep440
  python: '3.11.15',
  // Its image of the hub has JupyterHub, KubeSpawner, the culler and the authenticators; the lines below are what is in it.
  // renovate: datasource=docker depName=quay.io/jupyterhub/k8s-hub
  zeroToJupyterHub: '4.4.0',
  // renovate: datasource=pypi depName=jupyterhub
  jupyterHub: '5.5.0',
  // renovate: datasource=docker depName=quay.io/jupyterhub/configurable-http-proxy
  configurableHttpProxy: '5.2.0',
  // renovate: datasource=docker depName=registry.k8s.io/pause
  pause: '3.10.1',
  // renovate: datasource=docker depName=cubejs/cube
  cube: 'v1.7.43',
  // renovate: datasource=docker depName=trinodb/trino
  trino: '483',
  // renovate: datasource=github-releases depName=kubeflow/spark-operator extractVersion=^v(?<version>.*)$
  sparkOperator: '2.5.2',
  // renovate: datasource=docker depName=chrislusf/seaweedfs versioning=loose
  seaweedfs: '4.48',
  // renovate: datasource=docker depName=quay.io/coreos/etcd
  etcd: 'v3.6.13',
  // renovate: datasource=github-releases depName=StarRocks/starrocks-kubernetes-operator extractVersion=^v(?<version>.*)$
  starRocksOperator: '1.11.5',
  // Images of the frontends and of the compute nodes; there is no way back to the line before.
  // renovate: datasource=docker depName=starrocks/fe-ubuntu
  starRocks: '4.1.4',
  // renovate: datasource=docker depName=apache/druid
  druid: '37.0.0',
  // renovate: datasource=github-releases depName=k8ssandra/cass-operator extractVersion=^v(?<version>.*)$
  cassOperator: '1.32.0',
  // renovate: datasource=docker depName=k8ssandra/cass-management-api extractVersion=^(?<version>.*)-ubi$
  cassandra: '5.0.9',
  // renovate: datasource=docker depName=k8ssandra/k8ssandra-client extractVersion=^v(?<version>.*)$
  k8ssandraClient: '0.8.12',
  // renovate: datasource=docker depName=rclone/rclone
  rclone: '1.75.1',
  // renovate: datasource=github-releases depName=moby/buildkit
  buildkit: 'v0.33.1',
  // renovate: datasource=github-releases depName=anchore/syft
  syft: 'v1.49.0',
  // renovate: datasource=github-releases depName=anchore/grype
  grype: 'v0.118.0',
  // renovate: datasource=github-releases depName=sigstore/cosign
  cosign: 'v3.1.3',
  // renovate: datasource=github-releases depName=google/go-containerregistry
  crane: 'v0.21.9',
} as const;
